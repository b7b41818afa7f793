from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import Header, Query, Router, Schema
from pydantic import Field

from yiwang.foundation.codes.selectors import find_code_by_id, get_code
from yiwang.foundation.codes.types import CodeKind
from yiwang.foundation.kernel.access import api, client_address, public
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.moments import Moment
from yiwang.foundation.kernel.names import pick
from yiwang.foundation.kernel.settings import get_settings
from yiwang.foundation.orgs.errors import UnitUnknown
from yiwang.foundation.orgs.selectors import find_unit, find_unit_by_code
from yiwang.foundation.places.selectors import find_area_by_id, get_area_by_code
from yiwang.hub.cases.selectors import get_tracking, list_cases
from yiwang.hub.cases.types import (
    CaseFilter,
    CaseOrder,
    CasePermission,
    CaseRow,
    CaseState,
    Tracking,
    stage_label,
    step_label,
)
from yiwang.network.intake.selectors import get_report_by_secret
from yiwang.network.intake.services import check_rate

router = Router()


class StepOut(Schema):
    """One line of the timeline: a stable kind, the sentence in the caller's language, and when."""

    kind: str
    text: str
    at: datetime


class TrackingOut(Schema):
    """What the reporter may know. ``promised_by`` stays null until the report was accepted and classified."""

    receipt: str
    stage: str
    stage_text: str
    received_at: datetime
    acceptance_due: datetime
    case_number: str | None
    promised_by: datetime | None
    unit: str | None
    reply: str | None
    verdict: str | None
    timeline: list[StepOut]


class CaseOut(Schema):
    """One case of the list; codes, not names, so that programs can rely on them."""

    id: UUID
    number: str
    state: str
    title: str
    channel: str
    matter_type: str | None
    category: str | None
    area: str | None
    address: str
    unit: str | None
    received_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    source: str
    is_overdue: bool


class CasePageOut(Schema):
    """A page of cases; ask again with ``cursor=next_cursor`` until it is null."""

    items: list[CaseOut]
    next_cursor: str | None


class CaseQuery(Schema):
    """Filters of the list; all given ones must hold."""

    state: list[CaseState] = []
    unit: str | None = Field(None, max_length=80)
    area: str | None = Field(None, max_length=60)
    category: str | None = Field(None, max_length=200)
    matter_type: str | None = Field(None, max_length=40)
    channel: str | None = Field(None, max_length=40)
    source: str | None = Field(None, max_length=60)
    overdue: bool = False
    received_from: Moment | None = None
    received_before: Moment | None = None
    q: str = Field("", max_length=200)
    order: CaseOrder = CaseOrder.NEWEST
    limit: int = Field(50, ge=1, le=500)
    cursor: str | None = Field(None, max_length=300)


@router.get("/reports/{receipt}", response=TrackingOut, auth=None, tags=["reports"], operation_id="get_report")
@public
def get_report(
    request: HttpRequest,
    response: HttpResponse,
    receipt: str,
    secret: Annotated[str, Header(alias="X-Receipt-Secret", max_length=60)],
) -> TrackingOut:
    """How a report stands, for whoever holds its receipt's secret."""
    moment = now()
    check_rate(f"track:{client_address(request)}", get_settings().intake_limit, now=moment)
    report = get_report_by_secret(receipt, secret)
    response["Cache-Control"] = "no-store"
    return _tracking_out(get_tracking(report, viewer=request.viewer, now=moment))  # type: ignore[attr-defined]


@router.get("/cases", response=CasePageOut, tags=["cases"], operation_id="list_cases")
@api(CasePermission.VIEW)
def get_cases(request: HttpRequest, query: Query[CaseQuery]) -> CasePageOut:
    """Cases in the caller's scope, by filters, page by page (keyset)."""
    moment = now()
    page = list_cases(
        _filter(query, moment),
        viewer=request.viewer,  # type: ignore[attr-defined]
        now=moment,
        size=query.limit,
        cursor=query.cursor,
    )
    return CasePageOut(items=[_case_out(row) for row in page.rows], next_cursor=page.next_cursor)


def _filter(query: CaseQuery, moment: datetime) -> CaseFilter:
    unit = find_unit_by_code(query.unit) if query.unit else None
    if query.unit and unit is None:
        raise UnitUnknown(value=query.unit)
    category = get_code(CodeKind.CATEGORY, query.category, on=moment.date()) if query.category else None
    return CaseFilter(
        states=tuple(query.state),
        unit_id=unit.id if unit else None,
        area_id=get_area_by_code(query.area).id if query.area else None,
        category_id=category.id if category else None,
        matter_type=query.matter_type,
        channel=query.channel,
        source=query.source,
        is_overdue=query.overdue,
        received_from=query.received_from,
        received_before=query.received_before,
        text=query.q,
        order=query.order,
    )


def _case_out(row: CaseRow) -> CaseOut:
    category, area, unit = find_code_by_id(row.category_id), find_area_by_id(row.area_id), find_unit(row.unit_id)
    return CaseOut(
        id=row.id,
        number=row.number,
        state=row.state.value,
        title=row.title,
        channel=row.channel,
        matter_type=row.matter_type,
        category=category.code if category else None,
        area=area.code if area else None,
        address=row.address,
        unit=unit.code if unit else None,
        received_at=row.received_at,
        due_at=row.due_at,
        closed_at=row.closed_at,
        source=row.source,
        is_overdue=row.is_overdue,
    )


def _tracking_out(tracking: Tracking) -> TrackingOut:
    language = get_language() or "en"
    unit = find_unit(tracking.unit_id)
    values: dict[str, Any] = {
        "receipt": tracking.receipt,
        "stage": tracking.stage,
        "stage_text": stage_label(tracking.stage),
        "received_at": tracking.received_at,
        "acceptance_due": tracking.acceptance_due,
        "case_number": tracking.case_number,
        "promised_by": tracking.promised_by,
        "unit": pick(unit.names, language) if unit else None,
        "reply": tracking.reply or None,
        "verdict": tracking.verdict.value if tracking.verdict else None,
    }
    steps = [StepOut(kind=step.kind, text=step_label(step.kind), at=step.at) for step in tracking.timeline]
    return TrackingOut(**values, timeline=steps)
