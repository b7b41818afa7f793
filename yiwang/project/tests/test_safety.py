"""What must not serve does not start, and the sentence says what to do."""

import dataclasses

import pytest

from yiwang.foundation.identity.services import create_demo_accounts
from yiwang.foundation.identity.types import NewAccount
from yiwang.foundation.kernel import keys
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.errors import CannotStart
from yiwang.foundation.kernel.settings import get_settings
from yiwang.foundation.kernel.viewer import SYSTEM
from yiwang.project.safety import refuse_demo_accounts, refuse_unsafe_settings


@pytest.fixture
def production():
    return dataclasses.replace(get_settings(), env="production", public_url="https://city.example")


def test_production_with_keys_and_without_debug_may_start(production):
    refuse_unsafe_settings(production)


def test_debug_in_production_is_refused_and_in_development_allowed(production):
    with pytest.raises(CannotStart, match="YIWANG_DEBUG"):
        refuse_unsafe_settings(dataclasses.replace(production, debug=True))
    refuse_unsafe_settings(dataclasses.replace(production, debug=True, env="development"))


def test_production_without_https_is_refused(production):
    with pytest.raises(CannotStart, match="YIWANG_PUBLIC_URL"):
        refuse_unsafe_settings(dataclasses.replace(production, public_url="http://city.example"))


def test_without_keys_nothing_starts(production, tmp_path, monkeypatch):
    without = dataclasses.replace(production, key_file=tmp_path / "none.json")
    monkeypatch.setattr(keys, "get_settings", lambda: without)
    keys.forget_keys()
    try:
        with pytest.raises(CannotStart, match="yiwang keys create"):
            refuse_unsafe_settings(without)
    finally:
        monkeypatch.undo()
        keys.forget_keys()


@pytest.mark.django_db
def test_demo_accounts_are_refused_in_production_only(city, production):
    refuse_demo_accounts(production)
    account = NewAccount("demo.somebody", {"en": "Somebody"}, ())
    create_demo_accounts([account], viewer=SYSTEM, now=now(), language="en")
    with pytest.raises(CannotStart, match="1 active demo account"):
        refuse_demo_accounts(production)
    refuse_demo_accounts(get_settings())
