"""Keys of a test's own."""

from dataclasses import replace

import pytest

from yiwang.foundation.kernel import keys
from yiwang.foundation.kernel.keys import create_key_file
from yiwang.foundation.kernel.settings import get_settings


@pytest.fixture
def own_keys(tmp_path, monkeypatch):
    path = tmp_path / "keys.json"
    create_key_file(path)
    settings = replace(get_settings(), key_file=path)
    monkeypatch.setattr(keys, "get_settings", lambda: settings)
    monkeypatch.setattr(keys, "_uses", {name: use for name, use in keys._uses.items() if name == "contacts"})
