"""Who is looking. Every read of cases and people takes a Viewer; selectors apply its scope inside the query."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from yiwang.foundation.kernel.errors import NotPermitted, Unauthenticated


class ActorKind(StrEnum):
    """What kind of actor does or sees something."""

    SYSTEM = "system"
    USER = "user"
    API_KEY = "api_key"
    RESIDENT = "resident"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True)
class Viewer:
    """An actor with what it may do and see. ``None`` in a scope means: not limited in this respect.

    ``unit_ids`` already holds whole organisation subtrees, ``area_ids`` whole territories: lower apps only compare.
    """

    kind: ActorKind
    actor_id: UUID | None = None
    name: str = ""
    permissions: frozenset[str] = field(default_factory=frozenset)
    unit_ids: frozenset[UUID] | None = frozenset()
    area_ids: frozenset[UUID] | None = frozenset()
    matters: frozenset[str] | None = None
    secrecy: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_authenticated(self) -> bool:
        return self.kind in (ActorKind.USER, ActorKind.API_KEY, ActorKind.SYSTEM)

    def may(self, permission: str) -> bool:
        """Whether the viewer holds ``permission``. The system holds every one."""
        return self.kind is ActorKind.SYSTEM or permission in self.permissions

    def require(self, permission: str) -> None:
        """Raises Unauthenticated for strangers and NotPermitted for those who lack ``permission``."""
        if self.may(permission):
            return
        if not self.is_authenticated:
            raise Unauthenticated
        raise NotPermitted(permission=str(permission))


SYSTEM = Viewer(
    kind=ActorKind.SYSTEM,
    name="system",
    unit_ids=None,
    area_ids=None,
    secrecy=frozenset({"hide_identity", "confidential"}),
)
ANONYMOUS = Viewer(kind=ActorKind.ANONYMOUS, name="")


def resident(name: str = "") -> Viewer:
    """A resident acting on an own report; which report is proven by its secret, not by the viewer."""
    return Viewer(kind=ActorKind.RESIDENT, name=name)
