"""What is drawn by ourselves is drawn as Django would, and nothing gets through unescaped."""

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from yiwang.body.components.forms import Renderer, Select
from yiwang.body.components.markup import attributes, joined, markup

EVIL = "<script>\"'&"


@pytest.mark.parametrize("value", [EVIL, mark_safe("<b>"), gettext_lazy("Queue"), 12, None, [EVIL]])
def test_marking_up_escapes_as_django_does(value):
    drawn = markup('<a title="{}">', value)
    assert drawn == format_html('<a title="{}">', value)
    assert drawn.__html__() is drawn, "and what it makes is not escaped again"


def test_attributes_stand_alone_have_values_or_are_left_out():
    assert attributes({"open": True, "id": EVIL, "hidden": False, "lang": None, "min": 0}) == (
        ' open id="&lt;script&gt;&quot;&#x27;&amp;" min="0"'
    )
    assert joined([markup("{}", "<"), markup("{}", ">")]) == "&lt;&gt;"


class Everything(forms.Form):
    """One field of each plain kind."""

    text = forms.CharField(max_length=9)
    hidden = forms.CharField(widget=forms.HiddenInput)
    date = forms.DateField(widget=forms.DateInput(attrs={"type": "date", "data-x": EVIL}))
    number = forms.IntegerField(min_value=1)
    email = forms.EmailField(required=False)
    password = forms.CharField(widget=forms.PasswordInput)
    checkbox = forms.BooleanField(required=False)
    several = forms.MultipleChoiceField(choices=[("a", "A"), (EVIL, EVIL)], widget=forms.CheckboxSelectMultiple)
    one = forms.ChoiceField(choices=[("a", "A"), ("b", EVIL)], widget=forms.RadioSelect)
    file = forms.FileField(required=False)


@pytest.mark.parametrize("data", [None, {"text": EVIL, "number": "7", "checkbox": "on", "several": ["a"], "one": "b"}])
def test_inputs_are_drawn_as_django_draws_them(data):
    ours, theirs = (Everything(data, renderer=renderer) for renderer in (Renderer(), DjangoTemplates()))
    for bound, model in zip(ours, theirs, strict=True):
        assert _bare(str(bound)) == _bare(str(model)), bound.name
        assert [_bare(part.tag()) for part in bound.subwidgets] == [_bare(part.tag()) for part in model.subwidgets]


def _bare(markup_text: str) -> str:
    return markup_text.replace("\n", "").replace("&#x27;", "&#39;")


def test_choices_are_drawn_in_the_language_of_each_reader():
    choices = [("", gettext_lazy("All")), ("group", [("a", gettext_lazy("Help"))])]
    drawn = {}
    for language in ("en", "zh-hans", "en"):
        with translation.override(language):
            drawn[language] = str(Select(choices=choices).render("x", "a"))
    assert ">Help<" in drawn["en"] and ' value="a" selected' in drawn["en"]
    assert "Help" not in drawn["zh-hans"] and "帮助" in drawn["zh-hans"]
