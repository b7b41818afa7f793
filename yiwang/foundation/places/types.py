from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiwang.foundation.audit.types import register_actions
from yiwang.foundation.places.datum import Datum, Point

# The pure types of positions are part of what crosses this app's door.
__all__ = ["AreaImport", "AreaRow", "Datum", "NewArea", "Point"]


@dataclass(frozen=True)
class AreaRow:
    """One division of the territory. ``level`` is the pack's word (city, district, street, community, grid …)."""

    id: UUID
    level: str
    code: str
    names: Mapping[str, str]
    parent_id: UUID | None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class NewArea:
    """A division to be stored: GeoJSON geometry in the datum declared for the whole import; ``parent`` is a code."""

    level: str
    code: str
    names: Mapping[str, str]
    parent: str | None
    geometry: Mapping[str, Any] | None


@dataclass(frozen=True)
class AreaImport:
    """What an import of areas did; ``repaired`` and ``without_shape`` list codes."""

    created: int
    updated: int
    unchanged: int
    repaired: Sequence[str]
    without_shape: Sequence[str]


register_actions({"places.areas_saved": _("Areas were imported or changed")})
