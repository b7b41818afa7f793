"""The trail as people read it: who did what, when, why, by which rule."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from yiwang.body.desk.selectors.wording import language
from yiwang.body.desk.types import TrailLine
from yiwang.foundation.audit.selectors import list_leaves_of, sealed_seq
from yiwang.foundation.audit.types import LeafRow
from yiwang.foundation.identity.selectors import get_user_names
from yiwang.foundation.kernel.viewer import SYSTEM, ActorKind
from yiwang.hub.cases.selectors import find_case_id_by_number, get_case
from yiwang.hub.cases.types import CaseDetail

# What of a leaf's details says by which rule or basis something was done.
BASES = ("rule", "basis", "citation")
ACCOUNT = "account"
MESSAGE = "message "


def list_case_trail(case: CaseDetail) -> Sequence[TrailLine]:
    """Everything done with a case the viewer has got, its report, its contact: changes and readings, newest first."""
    subjects = [subject for subject in (case.row.id, case.report_id, case.contact_id) if subject]
    return describe_leaves(list_leaves_of(subjects, viewer=SYSTEM))


def describe_leaves(leaves: Sequence[LeafRow]) -> Sequence[TrailLine]:
    """Leaves with names and sentences."""
    people = {leaf.actor_id for leaf in leaves} | {leaf.subject_id for leaf in leaves if leaf.subject_kind == ACCOUNT}
    names = get_user_names([person for person in people if person], language=language())
    sealed = sealed_seq()
    return [
        TrailLine(
            seq=leaf.seq,
            at=leaf.at,
            who=_who(leaf, names.get(leaf.actor_id) if leaf.actor_id else None),
            what=leaf.sentence,
            why=_why(leaf),
            rule=", ".join(_bases(leaf)),
            about=str(
                leaf.detail.get("number")
                or leaf.detail.get("receipt")
                or names.get(leaf.subject_id)
                or f"{leaf.subject_kind} {str(leaf.subject_id)[-12:]}"
            ),
            is_sealed=leaf.seq <= sealed,
        )
        for leaf in leaves
    ]


def _why(leaf: LeafRow) -> str:
    # The program reads contacts to write to them; its reason names the message.
    is_message = leaf.actor_kind == ActorKind.SYSTEM and leaf.reason.startswith(MESSAGE)
    return _("to send the reporter a message") if is_message else leaf.reason


def _bases(leaf: LeafRow) -> Iterable[str]:
    return (str(leaf.detail[name]) for name in BASES if leaf.detail.get(name))


def _who(leaf: LeafRow, name: str | None) -> str:
    kinds = {
        ActorKind.SYSTEM: _("the city's program"),
        ActorKind.ANONYMOUS: _("somebody who had not signed in"),
        ActorKind.RESIDENT: _("the reporter"),
        ActorKind.API_KEY: _("a program with a key"),
        ActorKind.USER: _("staff"),
    }
    return name or str(kinds[ActorKind(leaf.actor_kind)])


def find_subjects(text: str, *, now: datetime) -> Sequence[UUID]:
    """The records a case number, receipt or external number stands for; empty where there is none."""
    case_id = find_case_id_by_number(text, viewer=SYSTEM)
    if case_id is None:
        return []
    case = get_case(case_id, viewer=SYSTEM, now=now, with_events=False)
    return [subject for subject in (case.row.id, case.report_id, case.contact_id) if subject]
