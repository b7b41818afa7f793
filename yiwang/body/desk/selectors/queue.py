"""The parts of the queue that are counted, and the groups of a unit's inbox."""

import hashlib
from collections.abc import Sequence
from dataclasses import astuple, replace
from datetime import datetime, timedelta

from django.core.cache import cache
from django.http import QueryDict
from django.utils.translation import gettext as _

from yiwang.body.desk.types import InboxGroup, Tile
from yiwang.foundation.kernel.viewer import Viewer
from yiwang.hub.cases.selectors import COUNT_LIMIT, WAITING_FOR_OPERATORS, count_cases, list_cases
from yiwang.hub.cases.types import CaseFilter, CaseOrder, CasePermission, CaseRow, CaseState, state_label

COUNTERS_LIVE_S = 5
INBOX_SIZE = 50
IN_WORK = (CaseState.SIGNED, CaseState.HANDLING, CaseState.REOPENED)


def count_in_words(count: int) -> str:
    """``312``; ``1,000+`` for more than a thousand."""
    return f"{COUNT_LIMIT:,}+" if count > COUNT_LIMIT else f"{count:,}"


def list_tiles(wanted: CaseFilter) -> Sequence[Tile]:
    """The counters without their numbers; the one that is the present filter is marked."""
    waiting = tuple(sorted(WAITING_FOR_OPERATORS))
    parts = (
        ("waiting", _("Waiting for operators"), "attention", waiting),
        ("dispatched", state_label("dispatched"), "neutral", (CaseState.DISPATCHED,)),
        ("in_progress", _("Being handled"), "info", (CaseState.SIGNED, CaseState.HANDLING)),
        ("replied", state_label("replied"), "success", (CaseState.REPLIED,)),
    )
    tiles = [_tile(key, label, tone, CaseFilter(states=states)) for key, label, tone, states in parts]
    tiles.append(_tile("overdue", _("Overdue"), "danger", CaseFilter(is_overdue=True, order=CaseOrder.DUE)))
    present = (frozenset(wanted.states), wanted.is_overdue)
    return [
        replace(tile, is_current=(frozenset(tile.wanted.states), tile.wanted.is_overdue) == present) for tile in tiles
    ]


def list_counted_tiles(wanted: CaseFilter, *, viewer: Viewer, now: datetime) -> Sequence[Tile]:
    """The counters with their numbers, at most five seconds old; viewers of the same scope share them."""
    key = f"desk-counters-{_scope_digest(viewer)}"
    counts = cache.get(key)
    if counts is None:
        counts = {tile.key: count_cases(tile.wanted, viewer=viewer, now=now) for tile in list_tiles(wanted)}
        cache.set(key, counts, COUNTERS_LIVE_S)
    return [replace(tile, count=count_in_words(counts[tile.key])) for tile in list_tiles(wanted)]


def count_newer(wanted: CaseFilter, since: datetime, *, viewer: Viewer, now: datetime) -> int:
    """How many cases of the filter were received after ``since``."""
    # A filter's start is part of it; the case that came in at ``since`` is on the page already.
    start = since + timedelta(microseconds=1)
    after = max(start, wanted.received_from) if wanted.received_from else start
    return count_cases(replace(wanted, received_from=after), viewer=viewer, now=now)


def list_inbox(*, viewer: Viewer, now: datetime) -> Sequence[InboxGroup]:
    """The work of the viewer's own units: to sign, in work, replied; what is due first stands first."""
    own = own_units_only(viewer)
    to_sign = _by_due((CaseState.DISPATCHED,), own, now)
    in_work = _by_due(IN_WORK, own, now)
    replied = list_cases(CaseFilter(states=(CaseState.REPLIED,)), viewer=own, now=now, size=INBOX_SIZE + 1).rows
    return [
        _group("to_sign", _("To sign"), _("Nothing waits to be signed."), to_sign, (CaseState.DISPATCHED,), "sign"),
        _group("in_work", _("In work"), _("Nothing is in work."), in_work, IN_WORK),
        _group("replied", _("Replied"), _("No reply waits to be closed."), replied, (CaseState.REPLIED,)),
    ]


def count_to_sign(*, viewer: Viewer, now: datetime) -> int:
    """How many cases wait to be signed by the viewer's own units."""
    return count_cases(CaseFilter(states=(CaseState.DISPATCHED,)), viewer=own_units_only(viewer), now=now)


def own_units_only(viewer: Viewer) -> Viewer:
    """The viewer as a member of own units, without the wider view another role may add."""
    return replace(viewer, grants=tuple(grant for grant in viewer.grants if grant.scope.unit_ids is not None))


def _by_due(states: tuple[CaseState, ...], viewer: Viewer, now: datetime) -> Sequence[CaseRow]:
    size = INBOX_SIZE + 1
    by_due = list_cases(CaseFilter(states=states, order=CaseOrder.DUE), viewer=viewer, now=now, size=size).rows
    if len(by_due) == size:
        return by_due
    # An order by deadline leaves out imported cases that have none; they follow after the others.
    newest = list_cases(CaseFilter(states=states), viewer=viewer, now=now, size=size).rows
    return [*by_due, *(row for row in newest if row.due_at is None)]


def _group(
    key: str, title: str, empty: str, rows: Sequence[CaseRow], states: Sequence[CaseState], move: str | None = None
) -> InboxGroup:
    is_cut = len(rows) > INBOX_SIZE
    return InboxGroup(key, title, empty, rows[:INBOX_SIZE], _query(CaseFilter(states=tuple(states))), is_cut, move)


def _tile(key: str, label: str, tone: str, wanted: CaseFilter) -> Tile:
    return Tile(key, label, tone, _query(wanted), wanted)


def _query(wanted: CaseFilter) -> str:
    query = QueryDict(mutable=True)
    query.setlist("state", [state.value for state in wanted.states])
    if wanted.is_overdue:
        query["overdue"] = "on"
    if wanted.order is not CaseOrder.NEWEST:
        query["order"] = wanted.order.value
    return query.urlencode()


def _scope_digest(viewer: Viewer) -> str:
    parts = [
        [None if part is None else sorted(map(str, part)) for part in astuple(scope)]
        for scope in viewer.scopes(CasePermission.VIEW)
    ]
    return hashlib.sha256(repr(sorted(parts, key=repr)).encode()).hexdigest()
