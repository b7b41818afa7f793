"""Pack part of this app: ``roles``. Demo accounts are created by the runner of a demo city, never by an
installation."""

from typing import Any

from yiwang.foundation.identity.services import save_roles
from yiwang.foundation.identity.types import NewRole
from yiwang.foundation.kernel.packparts import PackContext, PackPart
from yiwang.foundation.kernel.viewer import SYSTEM


def _apply(content: list[dict[str, Any]], context: PackContext) -> int:
    roles = [NewRole(entry["key"], entry["names"], frozenset(entry["permissions"])) for entry in content]
    return save_roles(roles, viewer=SYSTEM, now=context.now)


PARTS = [PackPart("roles", 10, _apply)]
