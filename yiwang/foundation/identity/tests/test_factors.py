"""Secrets of second factors lie sealed, and move to another key with everything else."""

from dataclasses import replace

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from yiwang.foundation.identity.models import User
from yiwang.foundation.identity.services import reseal_factors
from yiwang.foundation.kernel import keys
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.keys import KeyInUse, add_key_version, create_key_file, retire_key_version
from yiwang.foundation.kernel.settings import get_settings

pytestmark = pytest.mark.django_db


@pytest.fixture
def own_keys(tmp_path, monkeypatch):
    create_key_file(tmp_path / "keys.json")
    settings = replace(get_settings(), key_file=tmp_path / "keys.json")
    monkeypatch.setattr(keys, "get_settings", lambda: settings)
    monkeypatch.setattr(keys, "_uses", {name: use for name, use in keys._uses.items() if name == "second-factors"})


def test_secrets_move_to_another_key_and_still_work(own_keys):
    user = User.objects.create(username="chen.li", created_at=now())
    secret = generate_totp_secret()
    app, codes = TOTP.activate(user, secret), RecoveryCodes.activate(user)
    first_codes = codes.generate_codes()
    assert secret not in str(app.instance.data)
    add_key_version()
    with pytest.raises(KeyInUse, match="2"):
        retire_key_version(1)
    assert [reseal_factors(1), reseal_factors(5), reseal_factors(5)] == [1, 1, 0]
    retire_key_version(1)
    keys.forget_keys()
    app.instance.refresh_from_db()
    codes.instance.refresh_from_db()
    assert get_adapter().decrypt(app.instance.data["secret"]) == secret
    assert codes.generate_codes() == first_codes
