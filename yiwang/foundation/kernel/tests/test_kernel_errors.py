"""One translator makes of every error a document for programs and sentences for people."""

import pytest
from django.utils.translation import override

from yiwang.foundation.kernel.errors import Invalid, NotPermitted, SettingInvalid, TooMany
from yiwang.foundation.kernel.problems import to_problem
from yiwang.foundation.kernel.settings import Rate, read_settings
from yiwang.foundation.kernel.viewer import ANONYMOUS, SYSTEM, ActorKind, Grant, Scope, Viewer


def test_an_expected_error_says_what_why_and_what_next():
    document = to_problem(NotPermitted(permission="cases.dispatch")).document()
    assert document["status"] == 403
    assert document["type"] == "/problems/not_permitted"
    assert "cases.dispatch" in document["detail"]
    assert document["remedy"]


def test_an_error_speaks_the_readers_language():
    error = NotPermitted(permission="cases.dispatch")
    with override("zh-hans"):
        assert to_problem(error).detail != str(NotPermitted.detail) % {"permission": "x"}
        assert "cases.dispatch" in to_problem(error).detail


def test_field_errors_and_waiting_times_are_passed_on():
    assert to_problem(Invalid(errors=(("text", "too short"),))).document()["errors"] == [
        {"field": "text", "detail": "too short"}
    ]
    assert to_problem(TooMany(retry_after_s=7)).headers == {"Retry-After": "7"}
    with override("en"):
        assert [TooMany(retry_after_s=s).what_to_do for s in (7, 1964)] == [
            "Wait 7 seconds and try again.",
            "Wait 33 minutes and try again.",
        ]


def test_an_unexpected_error_tells_nothing_about_the_inside():
    problem = to_problem(ValueError("secret path /etc/passwd"), reference="abc")
    assert problem.status == 500
    assert "passwd" not in str(problem.document())
    assert problem.document()["reference"] == "abc"


@pytest.mark.parametrize(("text", "rate"), [("off", None), ("60/minute", Rate(60, 60)), ("1/day", Rate(1, 86400))])
def test_a_rate_is_read(text, rate):
    assert Rate.parse("X", text) == rate


@pytest.mark.parametrize("text", ["", "60", "60/year", "-1/minute", "0/minute", "x/minute"])
def test_a_wrong_rate_is_refused_with_the_name_of_the_setting(text):
    with pytest.raises(SettingInvalid, match="YIWANG_INTAKE_LIMIT"):
        Rate.parse("YIWANG_INTAKE_LIMIT", text)


@pytest.mark.parametrize(("name", "value"), [("PORT", "70000"), ("YIWANG_ENV", "live"), ("YIWANG_DEBUG", "1")])
def test_a_wrong_setting_names_itself(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingInvalid, match=name):
        read_settings()


def test_a_viewer_may_what_it_was_given_and_the_system_everything():
    clerk = Viewer(kind=ActorKind.USER, grants=(Grant(frozenset({"cases.view"}), Scope()),))
    assert clerk.may("cases.view")
    assert not clerk.may("cases.dispatch")
    assert SYSTEM.may("anything")
    with pytest.raises(NotPermitted):
        clerk.require("cases.dispatch")
    assert not ANONYMOUS.may("cases.view")
