"""Three administrators, kept apart (三员分立): none can do another's work or hide it.

System, audit and security management are separate tasks of separate people in GB/T 22239-2019, 8.1.5.1 to 8.1.5.3.
Here each is the permissions of one app, and whoever holds one of them holds nothing of any other app: no case either.
"""

from collections.abc import Set

ADMINISTRATIVE = ("operations", "identity", "audit")


def clash(permissions: Set[str]) -> tuple[str, str] | None:
    """Two of these permissions that one person must not hold together, or None."""
    for permission in sorted(permissions):
        app = _app(permission)
        other = next((name for name in sorted(permissions) if _app(name) != app), None)
        if app in ADMINISTRATIVE and other:
            return permission, other
    return None


def _app(permission: str) -> str:
    return permission.partition(".")[0]
