"""Form controls that every screen shares."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

_SELECTED = mark_safe(" selected")


class Select(forms.Select):
    """A select drawn at once: Django's draws each option with a template, and a page of filters has hundreds."""

    def render(
        self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        """The control with its options; a choice whose label is a list is a group of choices."""
        chosen = {str(each) for each in self.format_value(value)}
        attributes = self.build_attrs({**self.attrs, "name": name}, dict(attrs or {}))
        return format_html("<select{}>{}</select>", flatatt(attributes), _options(self.choices, chosen))


def _options(choices: Iterable[tuple[Any, Any]], chosen: set[str]) -> SafeString:
    return format_html_join("", "{}", ((_option(value, label, chosen),) for value, label in choices))


def _option(value: Any, label: Any, chosen: set[str]) -> SafeString:
    if isinstance(label, list | tuple):
        return format_html('<optgroup label="{}">{}</optgroup>', value, _options(label, chosen))
    value = "" if value is None else str(value)
    return format_html('<option value="{}"{}>{}</option>', value, _SELECTED if value in chosen else "", label)
