"""What the help page explains: states with their moves, and keys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiwang.body.desk.selectors.wording import listed
from yiwang.hub.cases.selectors import MOVES
from yiwang.hub.cases.types import CaseState, move_label

MEANINGS: Mapping[CaseState, Promise] = {
    CaseState.REGISTERED: gettext_lazy("Accepted; no rule has decided yet. An operator chooses the unit."),
    CaseState.DISPATCHED: gettext_lazy("A unit has it and has not confirmed yet."),
    CaseState.SIGNED: gettext_lazy("The unit has confirmed that it has the case."),
    CaseState.HANDLING: gettext_lazy("The unit is working on it."),
    CaseState.REPLIED: gettext_lazy("The resident has the answer and can say whether it is solved."),
    CaseState.CLOSED: gettext_lazy("Finished; the clock has stopped."),
    CaseState.REOPENED: gettext_lazy("Came back: not solved, or new facts. A new clock runs."),
    CaseState.UNKNOWN: gettext_lazy("Imported history whose source does not say."),
}


@dataclass(frozen=True)
class StateHelp:
    """A state, what it means, and what can be done from there."""

    state: CaseState
    meaning: str
    moves: str


def list_states() -> Sequence[StateHelp]:
    """Every state in the order of a case's life."""
    return [StateHelp(state, str(MEANINGS[state]), listed(_moves_from(state)) or _("nothing")) for state in CaseState]


def list_keys(actions: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    """Every key with its meaning; ``actions`` are moves with their keys."""
    general = [
        ("/", _("search")),
        ("j", _("next row")),
        ("k", _("previous row")),
        ("Enter", _("open the row, or carry out the chosen action")),
    ]
    choose = _("on a case: choose “%(move)s”")
    return general + [(key, choose % {"move": move_label(move)}) for move, key in actions.items()]


def _moves_from(state: CaseState) -> list[str]:
    return [move_label(move.name) for move in MOVES.values() if state in move.sources]
