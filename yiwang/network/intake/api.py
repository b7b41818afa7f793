from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from ninja import Field, Header, Router, Schema, Status
from pydantic import StringConstraints

from yiwang.foundation.kernel.access import client_address, public
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.moments import Moment
from yiwang.foundation.kernel.settings import get_settings
from yiwang.foundation.kernel.viewer import ActorKind
from yiwang.foundation.people.types import ContactDetails
from yiwang.foundation.places.types import Datum, Point
from yiwang.network.intake.selectors import track_url
from yiwang.network.intake.services import check_rate, receive_report
from yiwang.network.intake.types import NewReport

router = Router(tags=["reports"])

# PostgreSQL cannot store NUL characters; refusing them at the door gives a clear answer.
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
Code = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=200)]


class LocationIn(Schema):
    """A point with the datum its numbers are in; there is no default, because guessing is wrong by 100–700 m."""

    lon: float = Field(ge=-180, le=180, allow_inf_nan=False)
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)
    datum: Literal["WGS84", "CGCS2000", "GCJ-02", "BD-09"]


class ContactIn(Schema):
    """How the reporter can be reached; stored encrypted."""

    name: Text = Field("", max_length=100)
    phone: Text = Field("", max_length=30)
    email: Text = Field("", max_length=254)


class ReportIn(Schema):
    """A report. Only ``text`` is needed."""

    text: Text = Field(max_length=8000, examples=["莲花路12号门口的路灯不亮了"])
    title: Text = Field("", max_length=200)
    location: LocationIn | None = None
    address: Text = Field("", max_length=300, examples=["莲花路12号"])
    contact: ContactIn | None = None
    category: Code | None = None
    matter_type: Code | None = None
    channel: Code = "api"
    occurred_at: Moment | None = None
    hide_identity: bool = False
    external_id: Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", min_length=1, max_length=120)] | None = None


class ReceiptOut(Schema):
    """What the reporter keeps: number and secret, and when somebody will have accepted the report."""

    receipt: str
    secret: str
    track_url: str
    received_at: datetime
    acceptance_due: datetime


@router.post(
    "/reports", response={201: ReceiptOut}, auth=None, operation_id="create_report", summary="Report something"
)
@public
def create_report(
    request: HttpRequest,
    body: ReportIn,
    response: HttpResponse,
    idempotency_key: Annotated[
        str | None, Header(alias="Idempotency-Key", max_length=200, pattern=r"^[\x20-\x7e]+$")
    ] = None,
) -> Status[ReceiptOut]:
    """Keeps a report and answers with its receipt. Residents need no key; with an API key the source is that key.

    Repeating the request with the same ``Idempotency-Key`` and body gives the same answer; another body is a 409.
    """
    moment = now()
    viewer = request.viewer  # type: ignore[attr-defined]
    is_program = viewer.kind is ActorKind.API_KEY
    check_rate(
        f"report:{viewer.actor_id if is_program else client_address(request)}", get_settings().intake_limit, now=moment
    )
    source = str(viewer.actor_id) if is_program else "api"
    receipt = receive_report(_new_report(body, source, idempotency_key), viewer=viewer, now=moment)
    response["Cache-Control"] = "no-store"
    answer = ReceiptOut(
        receipt=receipt.receipt,
        secret=receipt.secret,
        track_url=track_url(receipt.track_token),
        received_at=receipt.received_at,
        acceptance_due=receipt.acceptance_due,
    )
    return Status(201, answer)


def _new_report(body: ReportIn, source: str, idempotency_key: str | None) -> NewReport:
    return NewReport(
        text=body.text,
        title=body.title,
        point=Point(body.location.lon, body.location.lat, Datum(body.location.datum)) if body.location else None,
        address=body.address,
        contact=ContactDetails(**body.contact.dict()) if body.contact else ContactDetails(),
        category=body.category,
        matter_type=body.matter_type,
        channel=body.channel,
        occurred_at=body.occurred_at,
        hide_identity=body.hide_identity,
        external_id=body.external_id,
        language=get_language() or "zh-hans",
        source=source,
        idempotency_key=idempotency_key,
    )
