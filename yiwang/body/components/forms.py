"""Form controls that every screen shares, drawn at once: Django draws each with a template or three of its own."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer, DjangoTemplates
from django.http import HttpRequest
from django.utils.choices import BaseChoiceIterator
from django.utils.safestring import SafeString

from yiwang.body.components.markup import attributes, joined, markup

# Values and labels, or groups of them.
Frozen = tuple[tuple[str, Any], ...]
_SELECTED = SafeString(" selected")
_NOT_SELECTED = SafeString("")


class Renderer(DjangoTemplates):
    """Draws plain inputs itself and leaves everything else to Django's templates (setting FORM_RENDERER)."""

    PLAIN = frozenset(
        f"django/forms/widgets/{kind}.html"
        for kind in (
            *("text", "hidden", "date", "number", "email", "password"),
            *("checkbox", "checkbox_option", "radio_option"),
        )
    )

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> SafeString:
        """One widget."""
        widget = context.get("widget", {})
        if template_name not in self.PLAIN or widget.get("wrap_label"):
            return SafeString(super().render(template_name, context, request))
        named = {"type": widget["type"], "name": widget["name"], "value": widget["value"], **widget["attrs"]}
        return markup("<input{}>", attributes(named))


class Prepared(BaseChoiceIterator):
    """Choices in the form Django needs, ``[(value, label or [(value, label)])]``, which it need not check again."""

    def __init__(self, choices: Sequence[tuple[Any, Any]]) -> None:
        self._choices = choices

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        return iter(self._choices)


class Select(forms.Select):
    """A select drawn at once: Django's draws each option with a template, and a page of filters has hundreds."""

    def render(
        self, name: str, value: Any, attrs: Mapping[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        """The control with its options; a choice whose label is a list is a group of choices."""
        chosen = {str(each) for each in self.format_value(value)}
        named = self.build_attrs({**self.attrs, "name": name}, dict(attrs or {}))
        return markup("<select{}>{}</select>", attributes(named), _options(self.choices, chosen))


def _options(choices: Iterable[tuple[Any, Any]], chosen: set[str]) -> SafeString:
    return _drawn(_frozen(choices), frozenset(chosen))


def _frozen(choices: Iterable[tuple[Any, Any]]) -> Frozen:
    """Plain texts: a label that is translated when it is shown must not stand for itself in another language."""
    return tuple(
        ("" if value is None else str(value), _frozen(label) if isinstance(label, list | tuple) else str(label))
        for value, label in choices
    )


# A city's lists change once a week and are drawn on every page; drawing them was a twelfth of what the queue costs.
@lru_cache(maxsize=256)
def _drawn(choices: Frozen, chosen: frozenset[str]) -> SafeString:
    return joined(_option(value, label, chosen) for value, label in choices)


def _option(value: str, label: Any, chosen: frozenset[str]) -> SafeString:
    if isinstance(label, tuple):
        return markup('<optgroup label="{}">{}</optgroup>', value, _drawn(label, chosen))
    return markup('<option value="{}"{}>{}</option>', value, _SELECTED if value in chosen else _NOT_SELECTED, label)
