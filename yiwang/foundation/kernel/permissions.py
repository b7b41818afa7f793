"""The register of permission names. Each app declares its own in an enum in ``types.py`` and registers it at
start-up."""

from enum import StrEnum

_registered: dict[str, type[StrEnum]] = {}


def register(permissions: type[StrEnum]) -> type[StrEnum]:
    """Class decorator: makes the enum's values known permissions. Names are dotted: ``cases.dispatch``."""
    for permission in permissions:
        _registered[permission.value] = permissions
    return permissions


def all_permissions() -> frozenset[str]:
    """Every permission the running code knows; a role naming another is refused."""
    return frozenset(_registered)
