from datetime import datetime
from uuid import UUID

from django.db import transaction

from yiwang.foundation.kernel.viewer import Viewer
from yiwang.hub.cases.errors import CaseNotFound, MoveNotAllowed, ReasonMissing
from yiwang.hub.cases.models import Case
from yiwang.hub.cases.services.moves import write_reopening
from yiwang.hub.cases.services.writing import write_event
from yiwang.hub.cases.states import MOVES
from yiwang.hub.cases.texts import move_label, state_label
from yiwang.hub.cases.types import CaseState, Verdict


@transaction.atomic
def rate_case(report_id: UUID, verdict: Verdict, *, comment: str, viewer: Viewer, now: datetime) -> None:
    """The reporter says whether the answer solved it; “no” needs a word why and takes the case up again.

    The caller has proven that the viewer holds the report's secret or link. Raises CaseNotFound, MoveNotAllowed,
    ReasonMissing.
    """
    case = Case.objects.select_for_update().defer("search").filter(report_id=report_id).first()
    if case is None:
        raise CaseNotFound
    if CaseState(case.state) not in MOVES["reopen"].sources:
        raise MoveNotAllowed(number=case.number, state=state_label(case.state), move=move_label("reopen"))
    if verdict is Verdict.UNSOLVED and not comment.strip():
        raise ReasonMissing(errors=(("comment", str(ReasonMissing.detail)),))
    write_event(
        case,
        "rated",
        viewer=viewer,
        now=now,
        changes={"verdict": verdict.value},
        reason=comment.strip(),
        detail={"verdict": verdict.value},
    )
    if verdict is Verdict.UNSOLVED:
        write_reopening(case, reason=comment.strip(), viewer=viewer, now=now)
