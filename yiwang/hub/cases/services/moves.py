from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from yiwang.foundation.codes.selectors import find_code_by_id, get_code
from yiwang.foundation.codes.types import CodeKind
from yiwang.foundation.kernel.events import publish
from yiwang.foundation.kernel.inserting import together
from yiwang.foundation.kernel.viewer import SYSTEM, Secrecy, Viewer
from yiwang.foundation.orgs.selectors import get_unit
from yiwang.hub.cases.errors import NothingChanged, ReasonMissing, ReplyMissing
from yiwang.hub.cases.events import CaseAssigned, CaseClosed, CaseReclassified, CaseReopened, CaseReplied
from yiwang.hub.cases.models import Case
from yiwang.hub.cases.services.opening import deadline_facts
from yiwang.hub.cases.services.telling import tell_reporter, tell_unit
from yiwang.hub.cases.services.writing import lock_for_move, state_after, write_event
from yiwang.hub.cases.types import Basis, CasePermission, CaseState
from yiwang.hub.workflow.selectors import get_deadline
from yiwang.hub.workflow.types import ClockKind


@transaction.atomic
@together()
def assign_case(
    case_id: UUID,
    unit_id: UUID,
    *,
    basis: Basis,
    viewer: Viewer,
    now: datetime,
    expected_version: int | None = None,
    category_id: UUID | None = None,
) -> None:
    """Dispatches a case to a unit, keeping the rule or person and the explanation; the unit is told.

    ``category_id`` is the category a rule recognised, kept only where the case has none. Raises UnitUnknown and what
    ``lock_for_move`` raises.
    """
    case = lock_for_move(case_id, "assign", viewer=viewer, expected_version=expected_version)
    unit = get_unit(unit_id)
    note = {"by": basis.kind, "rule": basis.rule_key, **basis.explanation}
    changes = {
        "unit_id": unit.id,
        **state_after("assign"),
        "dispatched_at": now,
        "signed_at": None,
        "dispatch_note": note,
        "category_id": case.category_id or category_id,
    }
    event_id = write_event(
        case,
        "assigned",
        viewer=viewer,
        now=now,
        changes=changes,
        reason=str(basis.explanation.get("reason", "")),
        detail={"unit": unit.code, **note},
    )
    tell_unit(case, "case_assigned", event_id=event_id, now=now)
    publish(CaseAssigned(case_id=case.id, unit_id=unit.id))


@transaction.atomic
@together()
def leave_to_operators(case_id: UUID, *, basis: Basis, now: datetime) -> None:
    """Notes on a registered case why no rule decided; it stays in the operators' queue. Repeating it changes
    nothing."""
    case = lock_for_move(case_id, "assign", viewer=SYSTEM, expected_version=None)
    if case.state != CaseState.REGISTERED or case.dispatch_note:
        return
    note = {"by": basis.kind, **basis.explanation}
    write_event(case, "left_to_operators", viewer=SYSTEM, now=now, changes={"dispatch_note": note}, detail=note)


@transaction.atomic
@together()
def sign_case(case_id: UUID, *, viewer: Viewer, now: datetime, expected_version: int | None = None) -> None:
    """The unit confirms that it has the case. Raises what ``lock_for_move`` raises."""
    case = lock_for_move(case_id, "sign", viewer=viewer, expected_version=expected_version)
    write_event(case, "signed", viewer=viewer, now=now, changes={**state_after("sign"), "signed_at": now})


@transaction.atomic
@together()
def start_handling(case_id: UUID, *, viewer: Viewer, now: datetime, expected_version: int | None = None) -> None:
    """The unit begins to work on the case. Raises what ``lock_for_move`` raises."""
    case = lock_for_move(case_id, "start", viewer=viewer, expected_version=expected_version)
    write_event(case, "handling_started", viewer=viewer, now=now, changes={**state_after("start")})


@transaction.atomic
@together()
def reply_case(case_id: UUID, text: str, *, viewer: Viewer, now: datetime, expected_version: int | None = None) -> None:
    """Stores the answer for the reporter and tells them. Raises ReplyMissing and what ``lock_for_move`` raises."""
    case = lock_for_move(case_id, "reply", viewer=viewer, expected_version=expected_version)
    if not text.strip():
        raise ReplyMissing(errors=(("text", str(ReplyMissing.detail)),))
    reply = text.strip()
    changes = {**state_after("reply"), "reply": reply, "replied_at": now}
    detail = {"text_sha256": sha256(reply.encode()).hexdigest()}
    event_id = write_event(case, "replied", viewer=viewer, now=now, changes=changes, detail=detail)
    tell_reporter(case, "case_replied", event_id=event_id, now=now)
    publish(CaseReplied(case_id=case.id))


@transaction.atomic
@together()
def close_case(case_id: UUID, *, viewer: Viewer, now: datetime, expected_version: int | None = None) -> None:
    """Finishes a replied case; its clock stops. Raises what ``lock_for_move`` raises."""
    case = lock_for_move(case_id, "close", viewer=viewer, expected_version=expected_version)
    write_event(case, "closed", viewer=viewer, now=now, changes={**state_after("close"), "closed_at": now})
    publish(CaseClosed(case_id=case.id))


@transaction.atomic
@together()
def reopen_case(
    case_id: UUID, *, reason: str, viewer: Viewer, now: datetime, expected_version: int | None = None
) -> None:
    """Takes a replied or closed case up again for its unit's and the operators' attention, with a new handling clock.

    Raises ReasonMissing and what ``lock_for_move`` raises.
    """
    case = lock_for_move(case_id, "reopen", viewer=viewer, expected_version=expected_version)
    if not reason.strip():
        raise ReasonMissing(errors=(("reason", str(ReasonMissing.detail)),))
    write_reopening(case, reason=reason.strip(), viewer=viewer, now=now)


def write_reopening(case: Case, *, reason: str, viewer: Viewer, now: datetime) -> None:
    """Writes the reopening of a locked case: new clock from now, reporter told, announced."""
    deadline = get_deadline(ClockKind.HANDLE, case.matter_type, started_at=now)
    changes = {
        **state_after("reopen"),
        "closed_at": None,
        "due_at": deadline.due_at,
        "deadline": deadline_facts(deadline),
    }
    event_id = write_event(case, "reopened", viewer=viewer, now=now, changes=changes, reason=reason)
    tell_reporter(case, "case_reopened", event_id=event_id, now=now)
    publish(CaseReopened(case_id=case.id))


@transaction.atomic
@together()
def reclassify_case(
    case_id: UUID,
    *,
    category_id: UUID | None,
    matter_type: str,
    reason: str,
    viewer: Viewer,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Corrects category or matter type; the due date is worked out again from the receipt, and the reporter is told.

    Raises ReasonMissing, NothingChanged, CodeUnknown and what ``lock_for_move`` raises.
    """
    case = lock_for_move(case_id, "reclassify", viewer=viewer, expected_version=expected_version)
    if not reason.strip():
        raise ReasonMissing(errors=(("reason", str(ReasonMissing.detail)),))
    if (category_id, matter_type) == (case.category_id, case.matter_type):
        raise NothingChanged(errors=(("matter_type", str(NothingChanged.detail)),))
    get_code(CodeKind.MATTER_TYPE, matter_type, on=now.date())
    deadline = get_deadline(ClockKind.HANDLE, matter_type, started_at=case.received_at)
    detail = {
        "from": _class(case.category_id, case.matter_type),
        "to": _class(category_id, matter_type),
        "due_from": case.due_at.isoformat() if case.due_at else None,
        "due_to": deadline.due_at.isoformat(),
    }
    changes = {
        "category_id": category_id,
        "matter_type": matter_type,
        "due_at": deadline.due_at,
        "deadline": deadline_facts(deadline),
    }
    event_id = write_event(
        case, "reclassified", viewer=viewer, now=now, changes=changes, reason=reason.strip(), detail=detail
    )
    tell_reporter(case, "case_reclassified", event_id=event_id, now=now, reason=reason.strip())
    publish(CaseReclassified(case_id=case.id))


@transaction.atomic
@together()
def change_secrecy(
    case_id: UUID,
    level: Secrecy,
    *,
    reason: str,
    viewer: Viewer,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Changes who may know of a case, or of its reporter. Nobody shuts themselves out: the viewer must be cleared for
    the level.

    Raises ReasonMissing, NothingChanged and what ``lock_for_move`` raises.
    """
    case = lock_for_move(case_id, "set_secrecy", viewer=viewer, expected_version=expected_version)
    if not reason.strip():
        raise ReasonMissing(errors=(("reason", str(ReasonMissing.detail)),))
    if level == case.secrecy:
        raise NothingChanged(errors=(("level", str(NothingChanged.detail)),))
    viewer.require(CasePermission.SET_SECRECY, at=replace(case.place, secrecy=level))
    write_event(
        case,
        "secrecy_changed",
        viewer=viewer,
        now=now,
        changes={"secrecy": level.value},
        reason=reason.strip(),
        detail={"from": case.secrecy, "to": level.value},
    )


def _class(category_id: UUID | None, matter_type: str | None) -> dict[str, str | None]:
    category = find_code_by_id(category_id)
    return {"category": category.code if category else None, "matter_type": matter_type}
