"""The components keep their promises to readers who cannot see, cannot use a mouse, or see no colours."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import get_template

from yiwang.body.components.styleguide import SampleForm
from yiwang.body.components.templatetags.components import TONES, icon_names

BODY = Path(__file__).resolve().parents[2]


def rendered(source: str, **values: Any) -> str:
    return Template("{% load components %}" + source).render(Context(values))


def invalid_form() -> SampleForm:
    form = SampleForm({"phone": "1"})
    form.is_valid()
    return form


def test_a_field_is_described_by_its_hint_its_error_and_its_counter() -> None:
    html = rendered("{% field form.text counter=True %}", form=invalid_form())
    assert 'aria-describedby="id_text-hint id_text-error id_text-count"' in html
    assert 'aria-invalid="true"' in html
    for part in ("hint", "error", "count"):
        assert f'id="id_text-{part}"' in html


def test_a_field_without_hint_or_error_describes_nothing() -> None:
    html = rendered("{% field form.phone %}", form=SampleForm())
    assert "aria-describedby" not in html
    assert '<label class="label" for="id_phone">' in html


def test_a_group_of_choices_is_a_fieldset_with_the_question_as_legend() -> None:
    html = rendered("{% field form.kind %}", form=invalid_form())
    assert 'aria-describedby="id_kind-error"' in html
    assert "<legend" in html and html.count('class="choice"') == 2


def test_optional_fields_say_so_except_in_a_filter_bar() -> None:
    assert "label-note" in rendered("{% field form.phone %}", form=SampleForm())
    assert "label-note" not in rendered("{% field form.phone compact=True %}", form=SampleForm())


def test_the_error_summary_leads_to_the_first_control_of_each_field() -> None:
    html = rendered("{% error_summary form %}{% field form.text %}{% field form.kind %}", form=invalid_form())
    targets = re.findall(r'href="#([^"]+)"', html)
    assert targets == ["id_text", "id_kind_0"]
    assert all(f'id="{target}"' in html for target in targets)


def test_a_form_without_errors_has_no_summary() -> None:
    assert rendered("{% error_summary form %}", form=SampleForm()).strip() == ""


@pytest.mark.parametrize("tone", TONES)
def test_a_state_is_told_by_text_and_shape_and_not_by_colour_alone(tone: str) -> None:
    html = rendered("{% tag 'Overdue' tone %}", tone=tone)
    assert "Overdue" in html and f"#state-{tone}" in html


def test_every_icon_named_in_a_template_exists() -> None:
    named = {
        name
        for path in BODY.rglob("templates/**/*.html")
        for name in re.findall(r'(?:\{% icon|icon=|icon_name=) ?"([\w-]+)"', path.read_text())
    }
    assert len(named) > 10
    assert named <= icon_names()


def test_an_icon_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="no icon"):
        rendered("{% icon 'no-such-thing' %}")


def test_attributes_of_a_button_are_escaped_and_dashed() -> None:
    html = rendered("{% button label hx_post=url %}", label="<b>", url='/a"b')
    assert "&lt;b&gt;" in html and 'hx-post="/a&quot;b"' in html


def test_the_end_of_a_timeline_may_lie_in_the_future() -> None:
    html = rendered("{% timeline entries %}", entries=[{"at": None, "title": "Answer"}])
    assert "<time" not in html and "tone-neutral" in html


def test_a_bar_never_runs_over_but_its_words_do() -> None:
    html = rendered("{% progress 14 10 '4 days overdue' 'danger' %}")
    assert 'value="10" max="10"' in html and "4 days overdue" in html


@pytest.mark.parametrize(("name", "initials"), [("欧阳明月", "明月"), ("王明", "王明"), ("Ana Torres", "AT"), ("", "")])
def test_initials_follow_the_habits_of_the_name(name: str, initials: str) -> None:
    assert rendered("{% avatar name %}", name=name).endswith(f'aria-hidden="true">{initials}</span>')


def test_a_qr_code_has_a_name_for_those_who_cannot_scan_it() -> None:
    html = rendered("{% qr 'http://localhost/t/1' 'Open this receipt' %}")
    assert 'aria-label="Open this receipt"' in html and "<svg" in html


def test_coordinates_are_written_for_machines_in_every_language() -> None:
    html = rendered("{% map_picker '/areas.geojson' 113.5 23.25 %}")
    assert 'data-lon="113.5" data-lat="23.25"' in html


def test_the_error_page_says_what_why_and_what_next() -> None:
    problem = SimpleNamespace(
        status=409, title="Too late", detail="Already signed", remedy="Reload", reference="ab12", errors=()
    )
    html = get_template("components/problem.html").render({"problem": problem})
    for words in ("Too late", "Already signed", "Reload", "ab12"):
        assert words in html
