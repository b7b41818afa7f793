"""Reads of cases. What can be done in which state (``states``) is part of this door: screens show it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from yiwang.foundation.codes.selectors import subtree_ids as category_subtree
from yiwang.foundation.kernel.numbers import normalise_number
from yiwang.foundation.kernel.paging import Page, cut, decode_cursor, encode_cursor
from yiwang.foundation.kernel.search import query_words
from yiwang.foundation.kernel.viewer import SYSTEM, Place, Scope, Secrecy, Viewer
from yiwang.foundation.places.selectors import find_area_by_id, find_district_id
from yiwang.foundation.places.selectors import subtree_ids as area_subtree
from yiwang.hub.cases.errors import CaseNotFound
from yiwang.hub.cases.models import Case, CaseEvent
from yiwang.hub.cases.states import MOVES, OPEN, WAITING_FOR_OPERATORS
from yiwang.hub.cases.texts import TIMELINE, stage_of
from yiwang.hub.cases.types import (
    CaseDetail,
    CaseEventRow,
    CaseFilter,
    CaseOrder,
    CasePermission,
    CaseRow,
    CaseState,
    ReportedCase,
    Tracking,
    TrackingStep,
    Verdict,
)
from yiwang.network.intake.types import ReportRow
from yiwang.network.messaging.selectors import list_messages
from yiwang.network.messaging.types import MessageRow

__all__ = [
    "COUNT_LIMIT",
    "MOVES",
    "OPEN",
    "WAITING_FOR_OPERATORS",
    "count_cases",
    "find_case_id_by_number",
    "get_case",
    "get_tracking",
    "iterate_cases",
    "list_case_messages",
    "list_cases",
    "list_cases_of_contacts",
    "list_decisions",
    "list_sources",
    "visible_cases",
]

ROW_FIELDS = (
    "id",
    "number",
    "state",
    "title",
    "channel",
    "matter_type",
    "category_id",
    "area_id",
    "address",
    "unit_id",
    "received_at",
    "due_at",
    "closed_at",
    "source",
    "version",
)
COUNT_LIMIT = 1000
MOST_REPORTED = 200
OPEN_STATES = sorted(state.value for state in OPEN)


def get_case(case_id: UUID, *, viewer: Viewer, now: datetime, with_events: bool = True) -> CaseDetail:
    """One case with its history (unless that is not wanted) and what the viewer may do to it.

    Raises NotPermitted and CaseNotFound.
    """
    case = visible_cases(viewer).defer("search").filter(id=case_id).first()
    if case is None:
        raise CaseNotFound
    events = CaseEvent.objects.filter(case_id=case_id).order_by("id") if with_events else ()
    return _detail(case, events, viewer, now)


def find_case_id_by_number(text: str, *, viewer: Viewer) -> UUID | None:
    """The id of the visible case with this number, receipt or external number as a person types it, or None."""
    number = normalise_number(text)
    # One look-up after the other: each has its index, an OR over three columns and a join has none.
    for wanted in ({"number": number}, {"report__receipt": number}, {"external_id": text.strip()}):
        found = visible_cases(viewer).filter(**wanted).values_list("id", flat=True)[:1]
        if found:
            return found[0]
    return None


def list_cases(
    wanted: CaseFilter,
    *,
    viewer: Viewer,
    now: datetime,
    size: int = 50,
    cursor: str | None = None,
    backwards: bool = False,
) -> Page[CaseRow]:
    """A page of visible cases by keyset: newest first, or (open ones only) the soonest due first.

    The page lies after ``cursor``, or with ``backwards`` before it. Raises CursorInvalid for a damaged cursor.
    """
    is_by_due = wanted.order is CaseOrder.DUE
    column = "due_at" if is_by_due else "received_at"
    is_rising = is_by_due is not backwards
    cases = _filtered(wanted, viewer, now)
    if is_by_due:
        cases = cases.filter(state__in=OPEN_STATES, due_at__isnull=False)
    if wanted.text.strip():
        cases = _by_word_index(cases)
    cases = cases.order_by(*((column, "id") if is_rising else (f"-{column}", "-id")))
    if cursor:
        moment, row_id = decode_cursor(cursor, 2)
        cases = cases.filter(_after(column, ">" if is_rising else "<", str(moment), str(row_id)))
    rows = [_row(values, now) for values in cases.values(*ROW_FIELDS)[: size + 1]]
    return _page(rows, size, column, is_first=cursor is None, backwards=backwards)


def count_cases(wanted: CaseFilter, *, viewer: Viewer, now: datetime) -> int:
    """How many visible cases match, exact to 1,000; 1,001 stands for “more than 1,000”."""
    return _filtered(wanted, viewer, now).order_by()[: COUNT_LIMIT + 1].values("id").count()


def list_sources(*, viewer: Viewer) -> Sequence[str]:
    """The systems cases came from: ``report`` for our own, else the names imports gave. Raises NotPermitted.

    Jumps from one name to the next along an index: a million cases cost as little as ten.
    """
    viewer.require(CasePermission.VIEW)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE found (source) AS (
                (SELECT source FROM cases_case ORDER BY source LIMIT 1)
                UNION ALL
                SELECT (SELECT c.source FROM cases_case c WHERE c.source > f.source ORDER BY c.source LIMIT 1)
                FROM found f WHERE f.source IS NOT NULL
            )
            SELECT source FROM found WHERE source IS NOT NULL
            """
        )
        return [source for (source,) in cursor.fetchall()]


def list_cases_of_contacts(contact_ids: Sequence[UUID], *, viewer: Viewer, now: datetime) -> Sequence[ReportedCase]:
    """The visible cases these contacts reported, the newest first, at most 200, without those whose reporter the
    viewer may not know. Raises NotPermitted."""
    cases = visible_cases(viewer).filter(contact_id__in=contact_ids).order_by("-received_at", "-id")
    rows = cases.values(*ROW_FIELDS, "contact_id", "secrecy")[:MOST_REPORTED]
    reported = []
    for values in rows:
        contact_id, secrecy = values.pop("contact_id"), Secrecy(values.pop("secrecy"))
        place = Place(values["unit_id"], values["area_id"], values["matter_type"], secrecy)
        if viewer.may_identify(CasePermission.VIEW, at=place):
            reported.append(ReportedCase(contact_id, _row(values, now), place))
    return reported


def list_case_messages(case_id: UUID, *, viewer: Viewer) -> Sequence[MessageRow]:
    """What was written to whom about a visible case, oldest first. Raises NotPermitted; nothing for a hidden case."""
    if not visible_cases(viewer).filter(id=case_id).exists():
        return []
    # Messages are named after the event they tell of (services/telling.py).
    events = CaseEvent.objects.filter(case_id=case_id).values_list("kind", "id")
    return list_messages([f"case_{kind}:{event_id}" for kind, event_id in events], viewer=SYSTEM)


def get_tracking(report: ReportRow, *, viewer: Viewer, now: datetime) -> Tracking:
    """What the reporter may know of a report. The caller has got ``report`` by its secret or its link: that is the
    proof.

    ``viewer`` is whoever asks (usually anonymous); it decides nothing here but is required as in every read of a case.
    """
    case = Case.objects.filter(report_id=report.id).defer("search").first()
    steps = [TrackingStep("received", report.received_at)]
    if case is not None:
        events = CaseEvent.objects.filter(case=case, kind__in=set(TIMELINE)).order_by("id")
        steps += [TrackingStep(event.kind, event.at, event.unit_id, _public_detail(event)) for event in events]
    return Tracking(
        receipt=report.receipt,
        received_at=report.received_at,
        acceptance_due=report.acceptance_due,
        text=report.text,
        stage=stage_of(case.state if case else "unknown"),
        case_id=case.id if case else None,
        case_number=case.number if case else None,
        promised_by=case.due_at if case else None,
        promise=case.deadline if case else {},
        unit_id=case.unit_id if case else None,
        reply=case.reply if case else "",
        verdict=Verdict(case.verdict) if case and case.verdict else None,
        can_rate=case is not None and CaseState(case.state) in MOVES["reopen"].sources,
        timeline=steps,
    )


def list_decisions(receipts: Sequence[str], *, viewer: Viewer) -> Mapping[str, bool]:
    """Of these receipts, the ones whose case was decided on: True dispatched to a unit, False left to the operators."""
    cases = visible_cases(viewer).filter(report__receipt__in=receipts).exclude(dispatch_note={})
    return {
        receipt: dispatched_at is not None
        for receipt, dispatched_at in cases.values_list("report__receipt", "dispatched_at")
    }


def iterate_cases(wanted: CaseFilter, *, viewer: Viewer, now: datetime) -> Iterator[Mapping[str, Any]]:
    """All visible matching cases, oldest first, as mappings of plain values, for exports. Needs ``cases.export``."""
    viewer.require(CasePermission.EXPORT)
    fields = (
        *ROW_FIELDS,
        "external_id",
        "language",
        "text",
        "lon",
        "lat",
        "occurred_at",
        "registered_at",
        "dispatched_at",
        "signed_at",
        "replied_at",
        "reply",
        "verdict",
        "imported",
    )
    cases = _filtered(wanted, viewer, now) & cases_in_scope(viewer, CasePermission.EXPORT)
    yield from cases.order_by("received_at", "id").values(*fields).iterator(chunk_size=5000)


def visible_cases(viewer: Viewer) -> QuerySet[Case]:
    """The cases in the viewer's scope; every read starts here. Raises NotPermitted."""
    viewer.require(CasePermission.VIEW)
    return cases_in_scope(viewer, CasePermission.VIEW)


def cases_in_scope(viewer: Viewer, permission: CasePermission) -> QuerySet[Case]:
    """The cases for which the viewer holds ``permission``, chosen by the database: those that one of its scopes covers.

    ``Scope.covers`` says the same of one case (hub/cases/tests/test_scope.py compares them).
    """
    conditions = [_covered(scope) for scope in viewer.scopes(permission)]
    if not conditions:
        return Case.objects.none()
    return Case.objects.all() if Q() in conditions else Case.objects.filter(reduce(or_, conditions))


def _covered(scope: Scope) -> Q:
    condition = Q()
    if scope.unit_ids is not None:
        condition &= Q(unit_id__in=scope.unit_ids)
    if scope.area_ids is not None:
        condition &= Q(area_id__in=scope.area_ids)
    if scope.matters is not None:
        condition &= Q(matter_type__in=scope.matters)
    if Secrecy.CONFIDENTIAL not in scope.secrecy:
        condition &= ~Q(secrecy=Secrecy.CONFIDENTIAL)
    return condition


def _filtered(wanted: CaseFilter, viewer: Viewer, now: datetime) -> QuerySet[Case]:
    cases = visible_cases(viewer)
    exact = {
        "unit_id": wanted.unit_id,
        "matter_type": wanted.matter_type,
        "channel": wanted.channel,
        "source": wanted.source,
        "received_at__gte": wanted.received_from,
        "received_at__lt": wanted.received_before,
    }
    cases = cases.filter(**{name: value for name, value in exact.items() if value is not None})
    if wanted.states:
        cases = cases.filter(state__in=sorted(wanted.states))
    if wanted.area_id:
        cases = cases.filter(_in_area(wanted.area_id))
    if wanted.category_id:
        cases = cases.filter(category_id__in=category_subtree(wanted.category_id))
    if wanted.is_overdue:
        cases = cases.filter(state__in=OPEN_STATES, due_at__lt=now)
    if wanted.text.strip():
        cases = _matching(cases, wanted.text)
    return cases


def _in_area(area_id: UUID) -> Q:
    area = find_area_by_id(area_id)
    if area is not None and find_district_id(area_id) == area_id:
        return Q(district_id=area_id)
    return Q(area_id__in=area_subtree(area_id))


def _matching(cases: QuerySet[Case], text: str) -> QuerySet[Case]:
    found = query_words(text)
    if not found:
        return cases.none()
    query = " & ".join("'{}'".format(word.replace("\\", "\\\\").replace("'", "''")) for word in found)
    return cases.filter(_condition('"cases_case"."search" @@ %s::tsquery', query))


def _by_word_index(cases: QuerySet[Case]) -> QuerySet[Case]:
    """The same cases, named one by one where they are few.

    How rare a word is the planner cannot know: it would walk a million cases by date to meet the twenty that have it
    (780 ms, docs/performance.md). Asked without an order it takes the word index; a thousand ids are sorted in no time.
    """
    found = list(cases.order_by().values_list("id", flat=True)[: COUNT_LIMIT + 1])
    return Case.objects.filter(id__in=found) if len(found) <= COUNT_LIMIT else cases


def _after(column: str, sign: str, moment: str, row_id: str) -> RawSQL:
    # A row comparison walks the index; "a < x OR (a = x AND b < y)" would not.
    return _condition(
        f'("cases_case"."{column}", "cases_case"."id") {sign} (%s::timestamptz, %s::uuid)', moment, row_id
    )


def _condition(sql: str, *params: str) -> RawSQL:
    return RawSQL(sql, params, output_field=BooleanField())  # noqa: S611 - every value is a parameter


def _page(rows: list[CaseRow], size: int, column: str, *, is_first: bool, backwards: bool) -> Page[CaseRow]:
    page, onward = cut(rows, size, lambda row: _mark(row, column))
    if backwards:
        page = page[::-1]
        return Page(page, next_cursor=_mark(page[-1], column) if page else None, previous_cursor=onward)
    return Page(page, next_cursor=onward, previous_cursor=None if is_first or not page else _mark(page[0], column))


def _mark(row: CaseRow, column: str) -> str:
    return encode_cursor(getattr(row, column).isoformat(), str(row.id))


def _row(values: Mapping[str, Any], now: datetime) -> CaseRow:
    state = CaseState(values["state"])
    is_overdue = state in OPEN and values["due_at"] is not None and values["due_at"] < now
    return CaseRow(**{**values, "state": state, "is_overdue": is_overdue})


def _detail(case: Case, events: Iterable[CaseEvent], viewer: Viewer, now: datetime) -> CaseDetail:
    state, place = CaseState(case.state), case.place
    return CaseDetail(
        row=_row({name: getattr(case, name) for name in ROW_FIELDS}, now),
        text=case.text,
        lon=case.lon,
        lat=case.lat,
        report_id=case.report_id,
        contact_id=case.contact_id if viewer.may_identify(CasePermission.VIEW, at=place) else None,
        place=place,
        external_id=case.external_id,
        occurred_at=case.occurred_at,
        registered_at=case.registered_at,
        dispatched_at=case.dispatched_at,
        signed_at=case.signed_at,
        replied_at=case.replied_at,
        reply=case.reply,
        verdict=Verdict(case.verdict) if case.verdict else None,
        deadline=case.deadline,
        dispatch_note=case.dispatch_note,
        imported=case.imported,
        events=[_event(event) for event in events],
        allowed_moves=frozenset(
            move.name
            for move in MOVES.values()
            if state in move.sources and move.permission and viewer.may(move.permission, at=place)
        ),
    )


def _public_detail(event: CaseEvent) -> Mapping[str, str]:
    # Only reasons that were written for the reporter, or by the reporter.
    return {"reason": event.reason} if event.kind in ("reclassified", "rated") else {}


def _event(event: CaseEvent) -> CaseEventRow:
    return CaseEventRow(
        kind=event.kind,
        at=event.at,
        actor_kind=event.actor_kind,
        actor_id=event.actor_id,
        unit_id=event.unit_id,
        reason=event.reason,
        detail=event.detail,
    )
