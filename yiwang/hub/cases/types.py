from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiwang.foundation.audit.types import register_actions
from yiwang.foundation.kernel.permissions import register
from yiwang.foundation.kernel.viewer import Place
from yiwang.hub.cases.texts import (
    event_label,
    move_label,
    secrecy_label,
    stage_label,
    stage_of,
    state_label,
    step_label,
)

# The words for states, moves, events and stages are part of what crosses this app's door.
__all__ = ["event_label", "move_label", "secrecy_label", "stage_label", "stage_of", "state_label", "step_label"]


@register
class CasePermission(StrEnum):
    """What may be done with cases; each verb has its own permission."""

    VIEW = "cases.view"
    DISPATCH = "cases.dispatch"
    RECLASSIFY = "cases.reclassify"
    SET_SECRECY = "cases.set_secrecy"
    SIGN = "cases.sign"
    REPLY = "cases.reply"
    CLOSE = "cases.close"
    REOPEN = "cases.reopen"
    IMPORT = "cases.import"
    EXPORT = "cases.export"


class CaseState(StrEnum):
    """Where a case stands. ``UNKNOWN`` is only for imported history whose source does not say."""

    REGISTERED = "registered"
    DISPATCHED = "dispatched"
    SIGNED = "signed"
    HANDLING = "handling"
    REPLIED = "replied"
    CLOSED = "closed"
    REOPENED = "reopened"
    UNKNOWN = "unknown"


class Verdict(StrEnum):
    """What the reporter says: did this solve it?"""

    SOLVED = "solved"
    UNSOLVED = "unsolved"


class CaseOrder(StrEnum):
    """How a list of cases is sorted."""

    NEWEST = "newest"
    DUE = "due"


@dataclass(frozen=True)
class CaseFilter:
    """What a list of cases shows; every part narrows. ``text`` is a full-text search, Chinese and English."""

    states: tuple[CaseState, ...] = ()
    unit_id: UUID | None = None
    area_id: UUID | None = None
    category_id: UUID | None = None
    matter_type: str | None = None
    channel: str | None = None
    source: str | None = None
    is_overdue: bool = False
    received_from: datetime | None = None
    received_before: datetime | None = None
    text: str = ""
    order: CaseOrder = CaseOrder.NEWEST


@dataclass(frozen=True)
class CaseRow:
    """One line of a list of cases.

    ``version`` goes back with each action, so that two people cannot overwrite one another.
    """

    id: UUID
    number: str
    state: CaseState
    title: str
    channel: str
    matter_type: str | None
    category_id: UUID | None
    area_id: UUID | None
    address: str
    unit_id: UUID | None
    received_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    source: str
    version: int
    is_overdue: bool


@dataclass(frozen=True)
class ReportedCase:
    """A case and the contact that reported it, shown only to who may know that."""

    contact_id: UUID
    row: CaseRow
    place: Place


@dataclass(frozen=True)
class CaseEventRow:
    """One entry of a case's history."""

    kind: str
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    unit_id: UUID | None
    reason: str
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class CaseDetail:
    """Everything a case page shows."""

    row: CaseRow
    text: str
    lon: float | None
    lat: float | None
    report_id: UUID | None
    contact_id: UUID | None
    place: Place
    external_id: str | None
    occurred_at: datetime | None
    registered_at: datetime | None
    dispatched_at: datetime | None
    signed_at: datetime | None
    replied_at: datetime | None
    reply: str
    verdict: Verdict | None
    deadline: Mapping[str, Any]
    dispatch_note: Mapping[str, Any]
    imported: Mapping[str, Any]
    events: Sequence[CaseEventRow]
    allowed_moves: frozenset[str]

    @property
    def version(self) -> int:
        """See ``CaseRow.version``."""
        return self.row.version


@dataclass(frozen=True)
class Basis:
    """Why a case goes to a unit: by which rule or person, and the explanation that is stored with the decision."""

    kind: str
    rule_key: str | None = None
    explanation: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TrackingStep:
    """One line of the reporter's timeline. ``kind`` is the event's kind; ``detail`` holds nothing internal."""

    kind: str
    at: datetime
    unit_id: UUID | None = None
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Tracking:
    """What the reporter may know. ``promised_by`` is None until the hub has accepted and classified the report."""

    receipt: str
    received_at: datetime
    acceptance_due: datetime
    text: str
    stage: str
    case_id: UUID | None
    case_number: str | None
    promised_by: datetime | None
    promise: Mapping[str, Any]
    unit_id: UUID | None
    reply: str
    verdict: Verdict | None
    can_rate: bool
    timeline: Sequence[TrackingStep]


@dataclass(frozen=True)
class HistoryImport:
    """A file to be imported: by which mapping file, where rejected rows go, and whether it is only tried."""

    file: Path
    mapping: Path
    rejects: Path
    is_dry_run: bool = False
    creates_missing: bool = False


@dataclass(frozen=True)
class HistoryReport:
    """What an import did, in rows and in entries made; ``first_rejects`` are (row number, reason) of a few."""

    read: int
    new: int
    updated: int
    unchanged: int
    rejected: int
    created_units: int
    created_categories: int
    created_areas: int
    first_rejects: Sequence[tuple[int, str]]


register_actions(
    {
        "cases.opened": _("A case was opened from a report"),
        "cases.assigned": _("The case was dispatched to a unit"),
        "cases.left_to_operators": _("No rule decided; the case waits for an operator"),
        "cases.signed": _("The unit signed for the case"),
        "cases.handling_started": _("The unit started work"),
        "cases.replied": _("The unit replied"),
        "cases.closed": _("The case was closed"),
        "cases.reopened": _("The case was reopened"),
        "cases.reclassified": _("Category or matter type was changed"),
        "cases.secrecy_changed": _("Who may know of the case was changed"),
        "cases.rated": _("The reporter said whether it is solved"),
        "cases.imported": _("The case was imported from another system"),
        "cases.import_updated": _("An imported case was brought up to date"),
        "cases.exported": _("Cases were exported to a file"),
    }
)
