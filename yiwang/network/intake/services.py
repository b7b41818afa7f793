import hashlib
import json
import re
import secrets as random_source
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

import structlog
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from yiwang.foundation.audit.services import record
from yiwang.foundation.calendars.selectors import get_calendar
from yiwang.foundation.calendars.types import CountRule, Unit
from yiwang.foundation.codes.selectors import get_code
from yiwang.foundation.codes.types import CodeKind, CodeRow
from yiwang.foundation.files.services import keep_file
from yiwang.foundation.kernel.events import publish
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.inserting import insert, together
from yiwang.foundation.kernel.keys import get_keyring, mac
from yiwang.foundation.kernel.numbers import NumberBlock, format_number
from yiwang.foundation.kernel.settings import Rate, get_settings
from yiwang.foundation.kernel.viewer import SYSTEM, Viewer
from yiwang.foundation.packs.selectors import get_city
from yiwang.foundation.people.selectors import list_contact_ids_by_phone, phone_index, phone_indexes
from yiwang.foundation.people.services import keep_contact
from yiwang.foundation.people.types import ContactDetails
from yiwang.foundation.places.selectors import find_area, get_area_by_code, to_wgs84
from yiwang.foundation.places.types import Point
from yiwang.network.intake.errors import (
    CodeWrong,
    ContactInvalid,
    IdempotencyMismatch,
    OccurredInFuture,
    TextMissing,
    TextTooLong,
    TooManyPhotos,
    TooManyReports,
)
from yiwang.network.intake.events import ReportReceived
from yiwang.network.intake.models import PhoneCode, RateWindow, Report
from yiwang.network.intake.secrets import secret_of, track_token
from yiwang.network.intake.selectors import list_reports_by_contacts
from yiwang.network.intake.types import NewReport, Receipt, ReportRow
from yiwang.network.messaging.services import send_message
from yiwang.network.messaging.types import NewMessage, RecipientKind

log = structlog.get_logger(__name__)
receipts = NumberBlock("intake_receipt_seq")
LONGEST_TEXT = 8000
LONGEST_TITLE = 200
LONGEST_ADDRESS = 300
CLOCK_TOLERANCE = timedelta(minutes=10)
CODE_LIFETIME = timedelta(minutes=10)
CODE_ATTEMPTS = 5
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,200}")
PHONE = re.compile(r"[+0-9 ()-]{5,30}")


def receive_report(new: NewReport, *, viewer: Viewer, now: datetime) -> Receipt:
    """Keeps a report and gives its receipt; everything after that happens on its own.

    One transaction: contact (encrypted), files, report, audit leaf, announcement. Repeating a request with the same
    idempotency key or external number and the same content returns the same receipt; other content is refused.
    Raises TextMissing, TextTooLong, TooManyPhotos, ContactInvalid, OccurredInFuture, CodeUnknown, AreaUnknown,
    CoordinatesInvalid, file errors and IdempotencyMismatch.
    """
    _check(new, now)
    try:
        with transaction.atomic(), together():
            report = _keep(new, now)
            files = [keep_file(file, subject_kind="report", subject_id=report.id, now=now) for file in new.photos]
            record(
                "intake.report_received",
                viewer=viewer,
                subject_kind="report",
                subject_id=report.id,
                now=now,
                detail={
                    "receipt": report.receipt,
                    "channel": report.channel,
                    "files": files,
                    "text_sha256": sha256(report.text.encode()).hexdigest(),
                },
            )
            publish(ReportReceived(report_id=report.id))
    except IntegrityError:
        if not (new.idempotency_key or new.external_id):
            raise
        return _repeated(new)
    return _receipt(report, is_repeat=False)


def _keep(new: NewReport, now: datetime) -> Report:
    day = now.date()
    version = get_keyring().current
    channel = get_code(CodeKind.CHANNEL, new.channel, on=day)
    category = get_code(CodeKind.CATEGORY, new.category, on=day) if new.category else None
    matter_type = get_code(CodeKind.MATTER_TYPE, new.matter_type, on=day).code if new.matter_type else None
    point = to_wgs84(new.point) if new.point else None
    area = find_area(point) if point else get_area_by_code(new.area) if new.area else None
    report = Report(
        receipt=format_number("R", now.astimezone(get_city().time_zone).date(), receipts.take()),
        received_at=now,
        acceptance_due=_acceptance_due(channel, now),
        source=new.source,
        external_id=new.external_id,
        idempotency_key=new.idempotency_key,
        body_digest=_digest(new, version),
        text=new.text.strip(),
        title=new.title.strip(),
        lon=point.lon if point else None,
        lat=point.lat if point else None,
        sent_point=_sent_point(new.point),
        address=new.address.strip(),
        area_id=area.id if area else None,
        category_id=category.id if category else None,
        matter_type=matter_type,
        channel=channel.code,
        occurred_at=new.occurred_at,
        hide_identity=new.hide_identity,
        language=new.language,
        secret_version=version,
    )
    report.contact_id = keep_contact(new.contact, now=now)
    insert(report)
    return report


def _acceptance_due(channel: CodeRow, now: datetime) -> datetime:
    limit = channel.attributes["acceptance"]
    return get_calendar().add(now, int(limit["amount"]), Unit(limit["unit"]), CountRule.SAME_DAY_SAME_HOUR)


def _check(new: NewReport, now: datetime) -> None:
    text = new.text.strip()
    if len(text) < 2:
        raise TextMissing(errors=(("text", str(TextMissing.detail)),))
    for field, value, limit in (
        ("text", text, LONGEST_TEXT),
        ("title", new.title, LONGEST_TITLE),
        ("address", new.address, LONGEST_ADDRESS),
    ):
        if len(value) > limit:
            error = TextTooLong(length=len(value), limit=limit)
            raise TextTooLong(length=len(value), limit=limit, errors=((field, error.message),))
    if len(new.photos) > (limit := get_settings().upload_count):
        raise TooManyPhotos(count=len(new.photos), limit=limit)
    if new.occurred_at and new.occurred_at > now + CLOCK_TOLERANCE:
        raise OccurredInFuture(errors=(("occurred_at", str(OccurredInFuture.detail)),))
    _check_contact(new.contact)


def _check_contact(contact: ContactDetails) -> None:
    wrong = []
    if contact.phone and not PHONE.fullmatch(contact.phone):
        wrong.append(("contact.phone", str(ContactInvalid.detail)))
    if contact.email and not EMAIL.fullmatch(contact.email):
        wrong.append(("contact.email", str(ContactInvalid.detail)))
    if wrong:
        raise ContactInvalid(errors=tuple(wrong))


def _digest(new: NewReport, version: int) -> bytes:
    """A keyed digest of the content, so that a repeated request can be told from a different one (and nothing
    guessed), under the key version of the report's secret."""
    body = [
        new.text,
        new.title,
        _sent_point(new.point),
        new.address,
        new.area,
        new.contact.name,
        new.contact.phone,
        new.contact.email,
        new.category,
        new.matter_type,
        new.channel,
        new.occurred_at.isoformat() if new.occurred_at else None,
        new.hide_identity,
        new.external_id,
        [hashlib.sha256(photo.content).hexdigest() for photo in new.photos],
    ]
    return mac("report-body", json.dumps(body, ensure_ascii=False).encode(), version)


def _sent_point(point: Point | None) -> dict[str, str | float] | None:
    return {"lon": point.lon, "lat": point.lat, "datum": point.datum.value} if point else None


def _repeated(new: NewReport) -> Receipt:
    same = Report.objects.filter(source=new.source)
    report = None
    if new.idempotency_key:
        report = same.filter(idempotency_key=new.idempotency_key).first()
    if report is None and new.external_id:
        report = same.filter(external_id=new.external_id).first()
    if report is None or bytes(report.body_digest) != _digest(new, report.secret_version):
        raise IdempotencyMismatch
    return _receipt(report, is_repeat=True)


def _receipt(report: Report, *, is_repeat: bool) -> Receipt:
    return Receipt(
        report_id=report.id,
        receipt=report.receipt,
        secret=secret_of(report.id, report.secret_version),
        track_token=track_token(report.id, report.secret_version),
        received_at=report.received_at,
        acceptance_due=report.acceptance_due,
        is_repeat=is_repeat,
    )


def check_rate(key: str, rate: Rate | None, *, now: datetime) -> None:
    """Counts one action of ``key`` in the present window and raises TooManyReports over the limit. None: no limit.

    A statement of its own before the real work, so that waiting for a busy counter never holds a report's transaction.
    """
    if rate is None:
        return
    window, used_s = divmod(int(now.timestamp()), rate.seconds)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO intake_ratewindow AS w (key, "window", count) VALUES (%s, %s, 1)
            ON CONFLICT (key) DO UPDATE SET "window" = excluded."window",
                count = CASE WHEN w."window" = excluded."window" THEN w.count + 1 ELSE 1 END
            RETURNING count
            """,
            [key[:120], window],
        )
        count = cursor.fetchone()[0]
    if count > rate.count:
        raise TooManyReports(retry_after_s=rate.seconds - used_s)


@transaction.atomic
def send_phone_code(phone: str, *, language: str, now: datetime) -> UUID:
    """Sends a one-time code to ``phone`` if reports were made with it; the answer looks the same either way.

    Returns the id the code must be redeemed with. Codes live ten minutes and allow five attempts.
    """
    contacts = list_contact_ids_by_phone(phone, viewer=SYSTEM)
    code_id = new_id()
    if contacts:
        code = f"{random_source.randbelow(1_000_000):06d}"
        PhoneCode.objects.create(
            id=code_id,
            phone_index=phone_index(phone) or b"",
            digest=mac("phone-code", code_id.bytes + code.encode()),
            attempts_left=CODE_ATTEMPTS,
            expires_at=now + CODE_LIFETIME,
        )
        message = NewMessage(
            f"phone_code:{code_id}",
            RecipientKind.CONTACT,
            contacts[0],
            "phone_code",
            {"minutes": "10"},
            language,
            secrets={"code": code},
        )
        send_message(message, now=now)
    return code_id


def redeem_phone_code(code_id: UUID, code: str, phone: str, *, viewer: Viewer, now: datetime) -> list[ReportRow]:
    """The reports made with ``phone`` for whoever received its code. Raises CodeWrong; every attempt counts."""
    with transaction.atomic():
        found = PhoneCode.objects.select_for_update().filter(
            id=code_id, used_at=None, attempts_left__gt=0, expires_at__gt=now, phone_index__in=phone_indexes(phone)
        )
        row = found.first()
        is_right = row is not None and bytes(row.digest) == mac("phone-code", code_id.bytes + code.strip().encode())
        found.update(attempts_left=F("attempts_left") - 1, used_at=now if is_right else None)
        if is_right:
            record("intake.receipt_found", viewer=viewer, subject_kind="phone_code", subject_id=code_id, now=now)
    if not is_right:
        raise CodeWrong(errors=(("code", str(CodeWrong.detail)),))
    return list(list_reports_by_contacts(list_contact_ids_by_phone(phone, viewer=SYSTEM), viewer=SYSTEM))


@transaction.atomic
def erase_reports_before(moment: datetime, limit: int) -> int:
    """Empties what people wrote in at most ``limit`` reports received before ``moment``; returns how many."""
    old = Report.objects.filter(received_at__lt=moment).exclude(text="").order_by("id").values_list("id", flat=True)
    empty = {"text": "", "title": "", "address": "", "sent_point": None, "body_digest": b""}
    return Report.objects.filter(id__in=list(old[:limit])).update(**empty)


@transaction.atomic
def erase_attempts_before(moment: datetime, limit: int) -> int:
    """Deletes one-time codes that ended before ``moment``, and counters of windows that did; returns how many.

    A window's number is its seconds since 1970 divided by its length, so its size tells how long it was.
    """
    codes = PhoneCode.objects.filter(expires_at__lt=moment).values_list("id", flat=True)
    count = PhoneCode.objects.filter(id__in=list(codes[:limit])).delete()[0]
    for seconds in Rate.WINDOWS.values():
        last = int(moment.timestamp()) // seconds
        keys = RateWindow.objects.filter(window__lt=last, window__gte=last // 2).values_list("key", flat=True)
        count += RateWindow.objects.filter(key__in=list(keys[:limit])).delete()[0]
    return count
