"""States and allowed moves of a case, as data: this walk's subset of the hotline profile (受理 派单 签收 办理 答复
办结)."""

from dataclasses import dataclass

from yiwang.hub.cases.types import CasePermission as P
from yiwang.hub.cases.types import CaseState as S


@dataclass(frozen=True)
class Move:
    """One thing that can be done to a case: from which states, to which, and with which permission (None: the
    system)."""

    name: str
    sources: frozenset[S]
    target: S | None
    permission: P | None


MOVES = {
    move.name: move
    for move in (
        Move(
            "assign",
            frozenset({S.REGISTERED, S.DISPATCHED, S.SIGNED, S.HANDLING, S.REOPENED}),
            S.DISPATCHED,
            P.DISPATCH,
        ),
        Move("sign", frozenset({S.DISPATCHED}), S.SIGNED, P.SIGN),
        Move("start", frozenset({S.SIGNED, S.REOPENED}), S.HANDLING, P.SIGN),
        Move("reply", frozenset({S.SIGNED, S.HANDLING}), S.REPLIED, P.REPLY),
        Move("close", frozenset({S.REPLIED}), S.CLOSED, P.CLOSE),
        Move("reopen", frozenset({S.REPLIED, S.CLOSED}), S.REOPENED, P.REOPEN),
        Move(
            "reclassify", frozenset({S.REGISTERED, S.DISPATCHED, S.SIGNED, S.HANDLING, S.REOPENED}), None, P.RECLASSIFY
        ),
        Move(
            "set_secrecy",
            frozenset({S.REGISTERED, S.DISPATCHED, S.SIGNED, S.HANDLING, S.REOPENED, S.REPLIED, S.CLOSED}),
            None,
            P.SET_SECRECY,
        ),
    )
}

OPEN = frozenset({S.REGISTERED, S.DISPATCHED, S.SIGNED, S.HANDLING, S.REOPENED})
WAITING_FOR_OPERATORS = frozenset({S.REGISTERED, S.REOPENED})
