"""The starter city, installed once in each test database; tests change it in transactions that are rolled back."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_django.plugin import DjangoDbBlocker

    from yiwang.foundation.packs.types import City

STARTER = Path(__file__).parents[1] / "packs" / "starter"
INSTALLED_AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: "DjangoDbBlocker") -> None:
    """The test database with the starter city in it."""
    with django_db_blocker.unblock():
        _install()


@pytest.fixture
def city(db: None) -> "City":
    """The installed starter city. Where a test with real transactions has emptied the tables, it is installed again."""
    from yiwang.foundation.packs.selectors import find_city, get_city

    if find_city() is None:
        _install()
    return get_city()


@pytest.fixture(autouse=True)
def _fresh_snapshots() -> Iterator[None]:
    """Reference data kept in memory must not reach from one test's transaction into the next."""
    from yiwang.foundation.kernel.snapshots import Snapshot

    Snapshot.forget_all()
    yield
    Snapshot.forget_all()


def _install() -> None:
    from yiwang.foundation.kernel.viewer import SYSTEM
    from yiwang.foundation.packs.services import install_pack

    install_pack(STARTER, viewer=SYSTEM, now=INSTALLED_AT)
