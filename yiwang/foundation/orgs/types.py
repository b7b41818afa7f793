from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiwang.foundation.audit.types import register_actions


@dataclass(frozen=True)
class UnitRow:
    """One organisation that can be responsible for cases; ``area_id`` is the territory it answers for, if any."""

    id: UUID
    code: str
    names: Mapping[str, str]
    kind: str
    parent_id: UUID | None = None
    area_id: UUID | None = None
    email: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    def is_valid_on(self, day: date) -> bool:
        """Whether the unit exists on ``day`` (``valid_to`` is the first day it no longer does)."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class NewUnit:
    """A unit to be stored; ``parent`` is a unit's code, ``area`` an area's."""

    code: str
    names: Mapping[str, str]
    kind: str = "unit"
    parent: str | None = None
    area: str | None = None
    email: str = ""
    valid_from: date | None = None


register_actions({"orgs.units_saved": _("Units were imported or changed")})
