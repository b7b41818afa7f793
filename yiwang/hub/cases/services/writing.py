"""What every verb shares: load and lock with the checks, and write case, event and leaf together."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from yiwang.foundation.audit.services import record
from yiwang.foundation.identity.selectors import get_user_names
from yiwang.foundation.kernel.inserting import insert, update
from yiwang.foundation.kernel.search import words
from yiwang.foundation.kernel.viewer import Viewer
from yiwang.hub.cases.errors import CaseChanged, CaseNotFound, MoveNotAllowed
from yiwang.hub.cases.models import Case, CaseEvent
from yiwang.hub.cases.selectors import visible_cases
from yiwang.hub.cases.states import MOVES
from yiwang.hub.cases.texts import event_label, move_label, state_label
from yiwang.hub.cases.types import CaseState


def lock_for_move(case_id: UUID, move_name: str, *, viewer: Viewer, expected_version: int | None) -> Case:
    """The case, locked, after permission, scope, version and state have been checked.

    Raises NotPermitted, CaseNotFound, CaseChanged and MoveNotAllowed.
    """
    move = MOVES[move_name]
    case = visible_cases(viewer).select_for_update(of=("self",)).defer("search").filter(id=case_id).first()
    if case is None:
        raise CaseNotFound
    if move.permission is not None:
        viewer.require(move.permission, at=case.place)
    if expected_version is not None and case.version != expected_version:
        raise _changed(case)
    if CaseState(case.state) not in move.sources:
        raise MoveNotAllowed(number=case.number, state=state_label(case.state), move=move_label(move_name))
    return case


def state_after(move_name: str) -> dict[str, str]:
    """The change of state a move makes; empty for a move that leaves the state as it is."""
    target = MOVES[move_name].target
    return {"state": target.value} if target else {}


def write_event(
    case: Case,
    kind: str,
    *,
    viewer: Viewer,
    now: datetime,
    changes: Mapping[str, Any],
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> UUID:
    """Applies ``changes`` to the locked case, raises its version, appends the event and the leaf ``cases.<kind>``;
    returns the event's id."""
    for name, value in changes.items():
        setattr(case, name, value)
    case.version += 1
    update(case, ["version", *changes])
    return append_event(case, kind, viewer=viewer, now=now, reason=reason, detail=detail)


def append_event(
    case: Case, kind: str, *, viewer: Viewer, now: datetime, reason: str = "", detail: Mapping[str, Any] | None = None
) -> UUID:
    """Appends one entry to the history of a case together with its leaf in the trail; returns the entry's id."""
    body = dict(detail or {})
    event = CaseEvent(
        case_id=case.id,
        kind=kind,
        at=now,
        actor_kind=viewer.kind.value,
        actor_id=viewer.actor_id,
        unit_id=case.unit_id,
        reason=reason,
        detail=body,
    )
    insert(event)
    record(
        f"cases.{kind}",
        viewer=viewer,
        subject_kind="case",
        subject_id=case.id,
        now=now,
        reason=reason,
        detail={"number": case.number, "state": case.state, **body},
    )
    return event.id


def search_vector(texts: Sequence[str]) -> str:
    """The search words of ``texts`` in PostgreSQL's own notation for a text-search vector."""
    # Search words consist of letters and digits only, so the quotes need no escaping.
    return " ".join(f"'{word}'" for word in words("\n".join(text for text in texts if text)))


def _changed(case: Case) -> CaseChanged:
    last = CaseEvent.objects.filter(case=case).order_by("-id").first()
    names = get_user_names([last.actor_id], language=get_language() or "en") if last and last.actor_id else {}
    actor = next(iter(names.values()), state_label("system"))
    return CaseChanged(number=case.number, actor=actor, action=event_label(last.kind) if last else "")
