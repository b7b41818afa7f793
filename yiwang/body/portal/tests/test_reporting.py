"""From the form to the receipt: nothing typed is lost, nothing arrives twice, the secret stays a secret."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import samples
from yiwang.body.portal.tests.conftest import PHONE, TEXT, Resident
from yiwang.foundation.audit.selectors import list_leaves
from yiwang.foundation.files.selectors import list_files
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.settings import Rate, get_settings
from yiwang.foundation.kernel.viewer import SYSTEM
from yiwang.foundation.places.selectors import get_area, list_districts
from yiwang.network.intake.selectors import get_report_by_token


def test_a_text_is_enough(resident: Resident) -> None:
    answer = resident.browser.post("/report", {"text": TEXT})
    assert answer.status_code == 303
    assert answer["Location"].startswith("/receipt/")


def test_everything_the_form_asks_for_arrives(resident: Resident, photo: SimpleUploadedFile) -> None:
    district = list_districts(on=now().date())[0]
    resident.send(
        area=district.code, phone=PHONE, name="王女士", matter_type="complaint", hide_identity="on", photos=[photo]
    )
    report = get_report_by_token(resident.token)
    assert (report.text, report.address, report.matter_type) == (TEXT, "莲花路12号", "complaint")
    assert (report.channel, report.source, report.language) == ("web", "web", "zh-hans")
    assert report.hide_identity
    assert report.contact_id
    assert get_area(report.area_id or district.id) == district
    assert len(list_files("report", report.id)) == 1


def test_a_point_of_the_map_wins_over_the_list(resident: Resident) -> None:
    district = list_districts(on=now().date())[0]
    resident.send(area=district.code, lon="123.6", lat="29.6")
    report = get_report_by_token(resident.token)
    assert (report.lon, report.lat) == (123.6, 29.6)


def test_a_second_click_makes_no_second_report(resident: Resident) -> None:
    form = resident.form()
    first, second = resident.browser.post("/report", form), resident.browser.post("/report", form)
    assert first["Location"] == second["Location"]


def test_a_changed_form_sent_again_is_asked_about_and_then_a_report_of_its_own(resident: Resident) -> None:
    form = resident.form()
    first = resident.browser.post("/report", form)
    asked = resident.browser.post("/report", {**form, "text": "另一件事：井盖松动。"})
    assert asked.status_code == 422
    assert "另一件事" in asked.text
    again = resident.browser.post(
        "/report", {**form, "key": asked.context["form"].data["key"], "text": "另一件事：井盖松动。"}
    )
    assert again.status_code == 303
    assert again["Location"] != first["Location"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": "x"}, "text"),
        ({"phone": "call me"}, "phone"),
        ({"email": "nowhere"}, "email"),
        ({"area": "no-such-area"}, "area"),
        ({"matter_type": "no-such-type"}, "matter_type"),
        ({"address": "x" * 301}, "address"),
        ({"lon": "nan", "lat": "1"}, "lon"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    resident: Resident, wrong: dict[str, str], field: str
) -> None:
    answer = resident.browser.post("/report", resident.form(**{"name": "王女士", **wrong}))
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert "data-error-summary" in answer.text
    assert "莲花路12号" in answer.text or field == "address"
    assert "王女士" in answer.text


def test_who_sends_too_much_waits_and_loses_nothing(resident: Resident, monkeypatch: pytest.MonkeyPatch) -> None:
    limited = replace(get_settings(), intake_limit=Rate(1, 86400))
    monkeypatch.setattr("yiwang.body.portal.views.reporting.get_settings", lambda: limited)
    answers = [resident.browser.post("/report", resident.form()) for _report in range(2)]
    assert [answer.status_code for answer in answers] == [303, 429]
    assert TEXT in answers[1].text


def test_line_ends_count_once(resident: Resident) -> None:
    resident.send(text="第一行\r\n第二行")
    assert get_report_by_token(resident.token).text == "第一行\n第二行"


def test_too_many_photos_are_refused_and_have_to_be_chosen_again(resident: Resident, photo: SimpleUploadedFile) -> None:
    photos = [SimpleUploadedFile(f"{n}.png", photo.read() or b"x") for n in range(6)]
    answer = resident.browser.post("/report", resident.form(photos=photos))
    assert answer.context["form"].errors.keys() == {"photos"}
    assert "请重新选择照片" in answer.text


def test_a_document_and_a_short_video_may_come_along_and_their_digests_are_in_the_trail(resident: Resident) -> None:
    files = [SimpleUploadedFile("通知.pdf", samples.PDF), SimpleUploadedFile("灯.mp4", samples.movie())]
    resident.send(photos=files)
    report = get_report_by_token(resident.token)
    kept = list_files("report", report.id)
    assert [file.name for file in kept] == ["通知.pdf", "灯.mp4"]
    (leaf,) = [leaf for leaf in list_leaves(report.id, viewer=SYSTEM) if leaf.action == "intake.report_received"]
    assert leaf.detail["files"] == [file.original_sha256 for file in kept]
    assert kept[1].original_sha256 == sha256(samples.movie()).hexdigest()


def test_a_video_that_is_too_long_is_refused_at_its_field(resident: Resident) -> None:
    long = SimpleUploadedFile("long.mp4", samples.movie(seconds=600))
    answer = resident.browser.post("/report", resident.form(photos=[long]))
    assert answer.context["form"].errors.keys() == {"photos"}
    assert "600 秒" in answer.text


def test_a_file_that_is_no_photo_is_refused_at_its_field(resident: Resident) -> None:
    answer = resident.browser.post("/report", resident.form(photos=[SimpleUploadedFile("a.jpg", b"<html>")]))
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"photos"}


def test_a_photo_over_the_limit_is_refused_before_it_is_read(resident: Resident, monkeypatch: Any) -> None:
    def read_it(*_photo: Any) -> None:
        pytest.fail("the photo was read")

    monkeypatch.setattr("yiwang.body.portal.forms.NewFile", read_it)
    limit = get_settings().upload_limit_mb * 1024 * 1024
    big = SimpleUploadedFile("big.jpg", b"x" * (limit + 1))
    answer = resident.browser.post("/report", resident.form(photos=[big]))
    assert answer.context["form"].errors.keys() == {"photos"}


def test_the_secret_is_shown_to_the_sending_browser_only(resident: Resident) -> None:
    answer = resident.send()
    secret = resident.secret
    assert secret
    assert secret not in str(answer.headers) + str(answer.cookies)
    stranger = Client().get(f"/receipt/{resident.token}")
    assert stranger.status_code == 200
    assert secret not in stranger.text


def test_the_receipt_is_kept_out_of_caches_and_referers(resident: Resident) -> None:
    resident.send()
    answer = resident.browser.get(f"/receipt/{resident.token}")
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "strict-origin"
    assert answer["X-Robots-Tag"] == "noindex"
    assert "<svg" in answer.text


def test_no_redirect_carries_anything_in_its_query(resident: Resident) -> None:
    assert "?" not in resident.send()["Location"]
    number = get_report_by_token(resident.token).receipt
    entered = resident.browser.post("/track", {"receipt": number, "secret": resident.secret})
    assert "?" not in entered["Location"]


def test_a_forged_form_is_refused(city: Any) -> None:
    assert Client(enforce_csrf_checks=True).post("/report", {"text": TEXT}).status_code == 403
