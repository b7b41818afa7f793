from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiwang.foundation.audit.types import register_actions
from yiwang.foundation.files.types import NewFile
from yiwang.foundation.people.types import ContactDetails
from yiwang.foundation.places.types import Point
from yiwang.network.messaging.types import Template, register_template

NO_CONTACT = ContactDetails()


@dataclass(frozen=True)
class NewReport:
    """What a resident, a patrol or a program reports. ``area``, ``category``, ``matter_type``, ``channel`` are codes.

    ``source`` says through which door it came (``web``, or an API key's id) and scopes ``external_id`` and
    ``idempotency_key``. ``occurred_at`` is when it happened, if told. ``area`` counts only where no ``point`` is given.
    """

    text: str
    title: str = ""
    point: Point | None = None
    address: str = ""
    area: str | None = None
    contact: ContactDetails = NO_CONTACT
    category: str | None = None
    matter_type: str | None = None
    channel: str = "web"
    occurred_at: datetime | None = None
    hide_identity: bool = False
    external_id: str | None = None
    language: str = "zh-hans"
    photos: tuple[NewFile, ...] = ()
    source: str = "web"
    idempotency_key: str | None = None


@dataclass(frozen=True)
class Receipt:
    """What the reporter gets at once. ``secret`` opens the tracking; ``track_token`` is for the link only.

    ``acceptance_due``: until then somebody will have accepted the report (limit by channel, data of the city's pack).
    """

    report_id: UUID
    receipt: str
    secret: str
    track_token: str
    received_at: datetime
    acceptance_due: datetime
    is_repeat: bool = False


@dataclass(frozen=True)
class ReportRow:
    """A kept report as the hub reads it to open a case."""

    id: UUID
    receipt: str
    received_at: datetime
    acceptance_due: datetime
    text: str
    title: str
    lon: float | None
    lat: float | None
    address: str
    area_id: UUID | None
    contact_id: UUID | None
    category_id: UUID | None
    matter_type: str | None
    channel: str
    occurred_at: datetime | None
    hide_identity: bool
    language: str
    source: str
    external_id: str | None
    secret_version: int


register_template(
    Template(
        "phone_code",
        _("Your code for finding a report"),
        _("Your one-time code is %(code)s. It is valid for %(minutes)s minutes. Do not tell it to anybody."),
    )
)

register_actions(
    {
        "intake.report_received": _("A report was received"),
        "intake.receipt_found": _("A lost receipt was found by phone"),
    }
)
