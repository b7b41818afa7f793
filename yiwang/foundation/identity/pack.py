"""Pack part of this app: ``roles``. Demo accounts are created by the runner of a demo city, never by an
installation."""

from collections.abc import Sequence

from yiwang.foundation.identity.services import save_roles
from yiwang.foundation.identity.types import NewRole
from yiwang.foundation.kernel.packparts import Code, Names, PackContext, PackEntry, PackPart, Text
from yiwang.foundation.kernel.viewer import SYSTEM


class RoleEntry(PackEntry):
    """A named set of permissions (docs/permissions.md)."""

    key: Code
    names: Names
    permissions: list[Text]


def _apply(entries: Sequence[RoleEntry], context: PackContext) -> int:
    roles = [NewRole(entry.key, entry.names, frozenset(entry.permissions)) for entry in entries]
    return save_roles(roles, viewer=SYSTEM, now=context.now)


PARTS = [PackPart("roles", 10, RoleEntry, _apply, key=("key",))]
