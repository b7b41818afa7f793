from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiwang.foundation.audit.types import register_actions


@dataclass(frozen=True)
class Condition:
    """When a rule applies; every given part must hold, an empty part says nothing.

    ``categories`` and ``areas`` are ids with everything below them already included. ``days`` are ISO weekdays.
    """

    categories: frozenset[UUID] = frozenset()
    areas: frozenset[UUID] = frozenset()
    matters: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    hours: tuple[time, time] | None = None
    days: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Target:
    """Where a rule sends: a fixed unit, or the unit that answers for the case's area of a level."""

    unit_id: UUID | None = None
    area_level: str | None = None


@dataclass(frozen=True)
class Rule:
    """One ordered rule. ``problem`` is set when it cannot be used (it names something that is gone)."""

    id: UUID
    key: str
    names: Mapping[str, str]
    condition: Condition
    target: Target
    problem: str = ""


@dataclass(frozen=True)
class CaseFacts:
    """What rules look at. ``local_time`` is the moment of receipt in city time."""

    category_id: UUID | None
    area_path: tuple[UUID, ...]
    area_levels: Mapping[str, UUID]
    matter_type: str | None
    channel: str
    local_time: datetime


@dataclass(frozen=True)
class Recognition:
    """The category plain words point to, if they clearly point to one. ``outcome``: clear, ambiguous, none or given."""

    outcome: str
    category_id: UUID | None = None
    words: tuple[str, ...] = ()
    rivals: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Decision:
    """What dispatch decided and why; without a unit the case stays with the operators."""

    unit_id: UUID | None
    rule_key: str | None
    category_id: UUID | None
    explanation: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class NewRule:
    """A rule to be stored, as a pack states it: codes in ``condition`` and ``target``, and its source."""

    key: str
    position: int
    names: Mapping[str, str]
    condition: Mapping[str, Any]
    target: Mapping[str, Any]
    source: Mapping[str, Any]
    valid_from: date | None = None
    valid_to: date | None = None


register_actions({"dispatch.rules_saved": _("Dispatch rules were changed")})
