"""What staff can do to a case: the form that asks for what is needed, and the service that does it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yiwang.body.desk.forms.cases import ActionForm, AssignForm, ReasonForm, ReclassifyForm, ReplyForm, SecrecyForm
from yiwang.foundation.kernel.viewer import Viewer
from yiwang.hub.cases import services
from yiwang.hub.cases.types import Basis, CaseDetail

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Action:
    """One move as the page offers it. ``done`` says afterwards what happened; ``key`` is its shortcut."""

    form: type[ActionForm]
    carry_out: Callable[[UUID, Values, Viewer, datetime], None]
    key: str
    icon: str
    done: Promise


@dataclass(frozen=True)
class Offer:
    """An action on the page of a case; the first one, or the one just tried, is unfolded."""

    move: str
    action: Action
    form: ActionForm
    is_open: bool


def _assign(case_id: UUID, values: Values, viewer: Viewer, now: datetime) -> None:
    basis = Basis("person", None, {"reason": values["reason"]} if values["reason"] else {})
    services.assign_case(
        case_id, values["unit"].id, basis=basis, viewer=viewer, now=now, expected_version=values["version"]
    )


def _sign(case_id: UUID, values: Values, viewer: Viewer, now: datetime) -> None:
    services.sign_case(case_id, viewer=viewer, now=now, expected_version=values["version"])


def _start(case_id: UUID, values: Values, viewer: Viewer, now: datetime) -> None:
    services.start_handling(case_id, viewer=viewer, now=now, expected_version=values["version"])


def _reply(case_id: UUID, values: Values, viewer: Viewer, now: datetime) -> None:
    services.reply_case(case_id, values["text"], viewer=viewer, now=now, expected_version=values["version"])


def _close(case_id: UUID, values: Values, viewer: Viewer, now: datetime) -> None:
    services.close_case(case_id, viewer=viewer, now=now, expected_version=values["version"])


def _reopen(case_id: UUID, values: Values, viewer: Viewer, now: datetime) -> None:
    services.reopen_case(case_id, reason=values["reason"], viewer=viewer, now=now, expected_version=values["version"])


def _reclassify(case_id: UUID, values: Values, viewer: Viewer, now: datetime) -> None:
    services.reclassify_case(
        case_id,
        category_id=values["category"],
        matter_type=values["matter_type"],
        reason=values["reason"],
        viewer=viewer,
        now=now,
        expected_version=values["version"],
    )


def _set_secrecy(case_id: UUID, values: Values, viewer: Viewer, now: datetime) -> None:
    services.change_secrecy(
        case_id, values["level"], reason=values["reason"], viewer=viewer, now=now, expected_version=values["version"]
    )


# In the order of the page: what moves the case on stands before what turns it round.
ACTIONS: Mapping[str, Action] = {
    "sign": Action(ActionForm, _sign, "s", "check", _("signed for")),
    "start": Action(ActionForm, _start, "w", "arrow-right", _("work has begun")),
    "reply": Action(ReplyForm, _reply, "r", "reply", _("the reply is on its way to the resident")),
    "close": Action(ActionForm, _close, "c", "check", _("closed")),
    "assign": Action(AssignForm, _assign, "d", "send", _("dispatched")),
    "reopen": Action(ReasonForm, _reopen, "o", "return", _("reopened")),
    "reclassify": Action(ReclassifyForm, _reclassify, "t", "edit", _("reclassified")),
    "set_secrecy": Action(SecrecyForm, _set_secrecy, "e", "shield", _("secrecy changed")),
}


def offered_actions(case: CaseDetail, tried: Mapping[str, ActionForm], *, now: datetime) -> Sequence[Offer]:
    """The actions this viewer may take on the case as it is now, with the input of one just tried."""
    moves = [move for move in ACTIONS if move in case.allowed_moves]
    unfolded = next((move for move in moves if move in tried), moves[0] if moves else None)
    return [
        Offer(
            move=move,
            action=ACTIONS[move],
            form=tried.get(move) or ACTIONS[move].form(case=case, now=now, auto_id=f"{move}_%s"),
            is_open=move == unfolded,
        )
        for move in moves
    ]
