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


class Secrecy(StrEnum):
    """How far a matter may be known: to all who work on it, without its reporter, or to cleared people only."""

    NONE = "none"
    HIDE_IDENTITY = "hide_identity"
    CONFIDENTIAL = "confidential"


@dataclass(frozen=True)
class Place:
    """Where something belongs, for the question whether a scope covers it."""

    unit_id: UUID | None = None
    area_id: UUID | None = None
    matter: str | None = None
    secrecy: Secrecy = Secrecy.NONE


@dataclass(frozen=True)
class Scope:
    """Organisation subtree ∧ territory ∧ matter ∧ secrecy. ``None`` means: not limited in this respect.

    ``unit_ids`` already holds whole organisation subtrees, ``area_ids`` whole territories: lower apps only compare.
    ``secrecy`` holds what the viewer is cleared for beyond ``none``.
    """

    unit_ids: frozenset[UUID] | None = None
    area_ids: frozenset[UUID] | None = None
    matters: frozenset[str] | None = None
    secrecy: frozenset[Secrecy] = frozenset()

    def covers(self, place: Place) -> bool:
        """Whether something that belongs to ``place`` lies in this scope.

        What hides an identity is covered for everybody; who reported it is shown to the cleared only.
        """
        return (
            (self.unit_ids is None or place.unit_id in self.unit_ids)
            and (self.area_ids is None or place.area_id in self.area_ids)
            and (self.matters is None or place.matter in self.matters)
            and (place.secrecy != Secrecy.CONFIDENTIAL or Secrecy.CONFIDENTIAL in self.secrecy)
        )

    def reveals(self, place: Place) -> bool:
        """Whether also who is behind it may be known in this scope."""
        return self.covers(place) and (place.secrecy is Secrecy.NONE or Secrecy.HIDE_IDENTITY in self.secrecy)


EVERYWHERE = Scope(secrecy=frozenset({Secrecy.HIDE_IDENTITY, Secrecy.CONFIDENTIAL}))


@dataclass(frozen=True)
class Grant:
    """Permissions held in one scope: what one membership gives."""

    permissions: frozenset[str]
    scope: Scope


@dataclass(frozen=True)
class Viewer:
    """An actor with what it may do and see, each permission in the scopes it was granted in."""

    kind: ActorKind
    actor_id: UUID | None = None
    name: str = ""
    grants: tuple[Grant, ...] = field(default_factory=tuple)

    @property
    def is_authenticated(self) -> bool:
        return self.kind in (ActorKind.USER, ActorKind.API_KEY, ActorKind.SYSTEM)

    @property
    def permissions(self) -> frozenset[str]:
        """Everything held anywhere."""
        return frozenset[str]().union(*(grant.permissions for grant in self.grants))

    def scopes(self, permission: str) -> tuple[Scope, ...]:
        """The scopes in which ``permission`` is held; something is reachable if any of them covers it."""
        if self.kind is ActorKind.SYSTEM:
            return (EVERYWHERE,)
        return tuple(dict.fromkeys(grant.scope for grant in self.grants if permission in grant.permissions))

    def may(self, permission: str, *, at: Place | None = None) -> bool:
        """Whether the viewer holds ``permission``: for what belongs to ``at``, or, without it, anywhere at all.

        The system holds every one everywhere.
        """
        if at is None:
            return self.kind is ActorKind.SYSTEM or any(permission in grant.permissions for grant in self.grants)
        return any(scope.covers(at) for scope in self.scopes(permission))

    def may_identify(self, permission: str, *, at: Place) -> bool:
        """Whether the viewer may know who is behind what belongs to ``at``, with ``permission`` to see people."""
        return any(scope.reveals(at) for scope in self.scopes(permission))

    def reaches(self, at: Place) -> bool:
        """Whether who is behind what belongs to ``at`` may be known, if only masked, with anything the viewer holds."""
        return self.kind is ActorKind.SYSTEM or any(grant.scope.reveals(at) for grant in self.grants)

    def require(self, permission: str, *, at: Place | None = None) -> None:
        """Raises Unauthenticated for strangers and NotPermitted for those who lack ``permission`` (there)."""
        if self.may(permission, at=at):
            return
        if not self.is_authenticated:
            raise Unauthenticated
        raise NotPermitted(permission=str(permission))

    def require_system(self) -> None:
        """For what only the program itself reads, in the course of its own work. Raises NotPermitted."""
        if self.kind is not ActorKind.SYSTEM:
            raise NotPermitted(permission=ActorKind.SYSTEM.value)


SYSTEM = Viewer(kind=ActorKind.SYSTEM, name="system")
ANONYMOUS = Viewer(kind=ActorKind.ANONYMOUS, name="")


def resident(name: str = "") -> Viewer:
    """A resident acting on an own report; which report is proven by its secret, not by the viewer."""
    return Viewer(kind=ActorKind.RESIDENT, name=name)
