"""A report is kept once, whole, and only its reporter can open it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from yiwang.foundation.audit.selectors import list_leaves
from yiwang.foundation.codes.errors import CodeUnknown
from yiwang.foundation.kernel.settings import Rate
from yiwang.foundation.kernel.viewer import ANONYMOUS, SYSTEM
from yiwang.foundation.people.types import ContactDetails
from yiwang.foundation.places.types import Datum, Point
from yiwang.network.intake import errors, services
from yiwang.network.intake.models import PhoneCode, Report
from yiwang.network.intake.selectors import get_report_by_secret, get_report_by_token
from yiwang.network.intake.types import NewReport

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
CONTACT = ContactDetails("王五", "138 0013 8000", "wang@example.invalid")


def receive(text="莲花路12号的路灯不亮了", **values):
    return services.receive_report(NewReport(text=text, **values), viewer=ANONYMOUS, now=NOW)


def contacts():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM people_contact")
        return cursor.fetchone()[0]


def test_a_report_its_leaf_and_its_announcement_are_written_together(city):
    receipt = receive(contact=CONTACT)
    report = Report.objects.get(receipt=receipt.receipt)
    assert report.received_at == NOW
    assert receipt.acceptance_due > NOW
    assert [leaf.action for leaf in list_leaves(report.id, viewer=SYSTEM)] == ["intake.report_received"]
    assert ProcrastinateJob.objects.filter(args__report_id=str(report.id)).count() == 1


def test_contact_data_are_nowhere_in_clear(city):
    receipt = receive(contact=CONTACT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT c.*, r.* FROM people_contact c JOIN intake_report r ON r.contact_id = c.id")
        (row,) = cursor.fetchall()
    stored = b" ".join(bytes(value) if isinstance(value, memoryview) else str(value).encode() for value in row)
    for secret in (CONTACT.name, "0013", CONTACT.email, receipt.secret, receipt.track_token):
        assert secret.encode() not in stored


def test_the_same_key_and_body_give_the_same_answer_and_one_report(city):
    first, second = (receive(idempotency_key="k-1", contact=CONTACT) for _ in range(2))
    assert (first.receipt, first.secret, first.track_token) == (second.receipt, second.secret, second.track_token)
    assert second.is_repeat
    assert Report.objects.count() == 1
    assert contacts() == 1


def test_the_same_key_with_another_body_is_refused(city):
    receive(idempotency_key="k-2")
    with pytest.raises(errors.IdempotencyMismatch):
        receive("完全不同的内容", idempotency_key="k-2")


def test_an_external_number_is_taken_once_per_source(city):
    receive(external_id="A-1", source="one")
    assert receive(external_id="A-1", source="one").is_repeat
    assert not receive(external_id="A-1", source="two").is_repeat


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"text": " "}, errors.TextMissing),
        ({"text": "路" * 8001}, errors.TextTooLong),
        ({"text": "路灯", "contact": ContactDetails(phone="call me")}, errors.ContactInvalid),
        ({"text": "路灯", "contact": ContactDetails(email="nowhere")}, errors.ContactInvalid),
        ({"text": "路灯", "occurred_at": NOW + timedelta(hours=1)}, errors.OccurredInFuture),
        ({"text": "路灯", "category": "no-such"}, CodeUnknown),
        ({"text": "路灯", "channel": "pigeon"}, CodeUnknown),
        ({"text": "路灯", "matter_type": "no-such"}, CodeUnknown),
    ],
)
def test_bad_input_is_refused_and_nothing_is_kept(city, values, error):
    with pytest.raises(error):
        receive(**values)
    assert not Report.objects.exists()
    assert contacts() == 0


def test_a_point_in_another_datum_is_converted_and_the_sent_one_kept(city):
    receipt = receive(point=Point(113.3, 23.1, Datum.GCJ02))
    report = Report.objects.get(receipt=receipt.receipt)
    assert report.sent_point == {"lon": 113.3, "lat": 23.1, "datum": "GCJ-02"}
    assert 0.001 < abs(report.lon - 113.3) < 0.01


def test_only_the_right_secret_opens_a_report(city):
    one, other = receive(), receive()
    assert get_report_by_secret(one.receipt.lower(), one.secret.lower().replace("-", "")).receipt == one.receipt
    for wrong in (other.secret, "", one.track_token, "é"):
        with pytest.raises(errors.ReportNotFound):
            get_report_by_secret(one.receipt, wrong)


def test_the_link_opens_its_own_report_only(city):
    one, other = receive(), receive()
    assert get_report_by_token(one.track_token).receipt == one.receipt
    mixed = one.track_token[:22] + other.track_token[22:]
    for wrong in (mixed, one.secret, "", "!!", one.track_token[:-2]):
        with pytest.raises(errors.ReportNotFound):
            get_report_by_token(wrong)


def test_the_limit_counts_per_source_and_says_how_long_to_wait(city):
    limit = Rate(2, 60)
    services.check_rate("a", limit, now=NOW)
    services.check_rate("a", limit, now=NOW)
    with pytest.raises(errors.TooManyReports) as refused:
        services.check_rate("a", limit, now=NOW)
    assert refused.value.params["retry_after_s"] == 60
    services.check_rate("b", limit, now=NOW)
    services.check_rate("a", limit, now=NOW + timedelta(seconds=60))
    services.check_rate("a", None, now=NOW)


def test_a_lost_receipt_is_found_by_phone_and_code(city, monkeypatch):
    receipt = receive(contact=CONTACT)
    monkeypatch.setattr(services.random_source, "randbelow", lambda limit: 123456)
    code_id = services.send_phone_code("+86 13800138000", language="en", now=NOW)
    found = services.redeem_phone_code(code_id, "123456", "13800138000", viewer=ANONYMOUS, now=NOW)
    assert [report.receipt for report in found] == [receipt.receipt]
    with pytest.raises(errors.CodeWrong):
        services.redeem_phone_code(code_id, "123456", "13800138000", viewer=ANONYMOUS, now=NOW)


def test_a_code_dies_after_five_wrong_guesses_and_after_ten_minutes(city, monkeypatch):
    receive(contact=CONTACT)
    monkeypatch.setattr(services.random_source, "randbelow", lambda limit: 123456)
    guessed = services.send_phone_code("13800138000", language="en", now=NOW)
    for _ in range(5):
        with pytest.raises(errors.CodeWrong):
            services.redeem_phone_code(guessed, "000000", "13800138000", viewer=ANONYMOUS, now=NOW)
    late = services.send_phone_code("13800138000", language="en", now=NOW)
    for code_id, moment in ((guessed, NOW), (late, NOW + timedelta(minutes=11))):
        with pytest.raises(errors.CodeWrong):
            services.redeem_phone_code(code_id, "123456", "13800138000", viewer=ANONYMOUS, now=moment)


def test_asking_for_a_code_does_not_tell_whether_reports_exist(city):
    assert services.send_phone_code("13900139000", language="en", now=NOW)
    assert not PhoneCode.objects.exists()
