from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from yiwang.foundation.audit.services import record
from yiwang.foundation.identity.duties import clash
from yiwang.foundation.identity.errors import DutiesClash, PermissionUnknown
from yiwang.foundation.identity.models import Role
from yiwang.foundation.identity.types import NewRole
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.permissions import all_permissions
from yiwang.foundation.kernel.viewer import Viewer


@transaction.atomic
def save_roles(roles: Sequence[NewRole], *, viewer: Viewer, now: datetime) -> int:
    """Stores roles by key, all or none; returns how many changed.

    Raises PermissionUnknown for a permission the code does not know, DutiesClash for a role that joins what three
    administrators do apart.
    """
    for role in roles:
        check_permissions(role.permissions)
        if found := clash(role.permissions):
            raise DutiesClash(first=found[0], second=found[1])
    changed = 0
    for role in roles:
        values = {"names": dict(role.names), "permissions": sorted(role.permissions)}
        stored, created = Role.objects.get_or_create(key=role.key, defaults=values)
        changed += int(created) or Role.objects.filter(id=stored.id).exclude(**values).update(**values)
    if changed:
        record(
            "identity.roles_saved",
            viewer=viewer,
            subject_kind="roles",
            subject_id=new_id(),
            now=now,
            detail={"changed": changed},
        )
    return changed


def check_permissions(permissions: frozenset[str]) -> None:
    """Raises PermissionUnknown for the first, by name, that the code does not know."""
    for permission in sorted(permissions - all_permissions()):
        raise PermissionUnknown(value=permission, known=", ".join(sorted(all_permissions())))
