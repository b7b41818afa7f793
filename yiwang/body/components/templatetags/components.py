"""The components as template tags. Each one renders one small template of ``templates/components``.

Keywords that a tag does not know become HTML attributes: ``hx_post=`` → ``hx-post``, ``data_x=`` → ``data-x``.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import segno
from django import template
from django.forms import BoundField, Form
from django.forms.widgets import CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe

from yiwang.body.components.markup import attributes, markup

register = template.Library()

SPRITE = Path(__file__).parent.parent / "static" / "components" / "icons.svg"
TONES = ("neutral", "info", "attention", "danger", "success", "muted")
AVATAR_TONES = ("info", "attention", "success", "neutral")


@cache
def icon_names() -> frozenset[str]:
    """Names of the icons the sprite holds."""
    return frozenset(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text()))


def _attributes(named: Mapping[str, Any]) -> SafeString:
    return attributes({name.rstrip("_").replace("_", "-"): value for name, value in named.items()})


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite; decorative unless ``label`` names it.

    Raises ``TemplateSyntaxError`` for an icon that does not exist: better a red test than an empty square.
    """
    return _drawing(name, markup('role="img" aria-label="{}"', label)) if label else _decoration(name)


@cache
def _decoration(name: str) -> SafeString:
    # A page has a hundred icons of twenty kinds.
    return _drawing(name, mark_safe('aria-hidden="true"'))


def _drawing(name: str, meaning: SafeString) -> SafeString:
    if name not in icon_names():
        raise template.TemplateSyntaxError(f"There is no icon “{name}” in {SPRITE.name}")
    drawing = f"{static('components/icons.svg')}#{name}"
    return markup('<svg class="icon" viewBox="0 0 24 24" {}><use href="{}"></use></svg>', meaning, drawing)


def _inside(label: str, icon_name: str) -> SafeString:
    return markup("{}<span>{}</span>", icon(icon_name), label) if icon_name else markup("{}", label)


@register.simple_tag(name="button")
def button(label: str, kind: str = "primary", icon: str = "", **attributes: Any) -> SafeString:
    """A button; submits its form unless ``type="button"``."""
    attributes.setdefault("type", "submit")
    inside = _inside(label, icon)
    return markup('<button class="button button-{}"{}>{}</button>', kind, _attributes(attributes), inside)


@register.simple_tag
def link_button(label: str, href: str, kind: str = "secondary", icon: str = "", **attributes: Any) -> SafeString:
    """A link that looks like a button: it leads somewhere and changes nothing."""
    attributes["href"] = href
    return markup('<a class="button button-{}"{}>{}</a>', kind, _attributes(attributes), _inside(label, icon))


def _control_kind(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, CheckboxInput):
        return "checkbox"
    return "file" if isinstance(widget, FileInput) else "control"


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField,
    *,
    hint: str = "",
    counter: bool = False,
    compact: bool = False,
    conditional: bool = False,
    **attributes: Any,
) -> dict[str, Any]:
    """Label, hint, errors and control of a bound field, tied together by ``aria-describedby``.

    ``conditional``: the label itself says when the field is needed, so it is not marked as optional.
    """
    hint = hint or str(bound.help_text)
    kind = _control_kind(bound)
    maximum = bound.field.widget.attrs.get("maxlength") if counter else None
    parts = {"hint": hint, "error": bound.errors, "count": maximum}
    described_by = " ".join(f"{bound.auto_id}-{part}" for part, content in parts.items() if content)
    control = {name.replace("_", "-"): value for name, value in attributes.items()}
    if described_by:
        control["aria-describedby"] = described_by
    if kind != "checkbox":
        control["class"] = f"input {bound.field.widget.attrs.get('class', '')}".strip()
    return {
        "bound": bound,
        "kind": kind,
        "control": "" if kind == "choices" else bound.as_widget(attrs=control),
        "hint": hint,
        "described_by": described_by,
        "maximum": maximum,
        "compact": compact,
        "is_optional": not (bound.field.required or compact or conditional or kind == "checkbox"),
    }


def _first_control_id(bound: BoundField) -> str:
    return f"{bound.auto_id}_0" if _control_kind(bound) == "choices" else bound.id_for_label


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: Form) -> dict[str, Any]:
    """Every error of a form; those of a field lead to its (first) control."""
    errors: list[tuple[Any, ...]] = [("", "", message) for message in form.non_field_errors()]
    errors += [(_first_control_id(bound), bound.label, message) for bound in form for message in bound.errors]
    return {"errors": errors}


@register.simple_tag
def tag(label: str, tone: str = "neutral") -> SafeString:
    """A state, told three ways: colour, text and the shape of its mark."""
    return markup('<span class="tag tone-{}">{}{}</span>', tone, icon(f"state-{tone}"), label)


@register.simple_block_tag
def card(content: str, title: str = "", actions: str = "", anchor: str = "") -> SafeString:
    """A panel with an optional heading; ``actions`` is rendered markup (a ``link_button`` kept with ``as``)."""
    values = {"content": content, "title": title, "actions": actions, "anchor": anchor}
    return render_to_string("components/card.html", values)


@register.inclusion_tag("components/stat.html")
def stat(
    label: str, value: Any, *, href: str = "", tone: str = "", note: str = "", current: bool = False
) -> dict[str, Any]:
    """A counter; with ``href`` it leads to the cases behind the number."""
    return {"label": label, "value": value, "href": href, "tone": tone, "note": note, "current": current}


@register.simple_block_tag
def data_table(content: str, caption: str) -> SafeString:
    """A dense table that scrolls inside its frame and becomes cards on a phone. ``caption`` is for screen readers."""
    return render_to_string("components/data_table.html", {"content": content, "caption": caption})


@register.inclusion_tag("components/pagination.html")
def pagination(newer_url: str | None = None, older_url: str | None = None, shown: str = "") -> dict[str, Any]:
    """Keyset paging: newer and older, and in words what is shown."""
    return {"newer_url": newer_url, "older_url": older_url, "shown": shown}


@register.simple_block_tag
def filter_bar(content: str, clear_url: str = "", **attributes: Any) -> SafeString:
    """A GET form around compact fields."""
    values = {"content": content, "clear_url": clear_url, "attributes": _attributes(attributes)}
    return render_to_string("components/filter_bar.html", values)


@register.inclusion_tag("components/timeline.html")
def timeline(entries: Iterable[Any]) -> dict[str, Any]:
    """What happened, in order: each entry has ``at`` and ``title``, and perhaps ``body``, ``actor``, ``tone``."""
    return {"entries": entries}


@register.inclusion_tag("components/facts.html")
def facts(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """A description list."""
    return {"pairs": pairs}


@register.simple_block_tag
def alert(content: str, title: str = "", tone: str = "info") -> SafeString:
    """A notice in the page."""
    return render_to_string("components/alert.html", {"content": content, "title": title, "tone": tone})


@register.simple_block_tag
def empty_state(content: str, title: str, icon: str = "inbox") -> SafeString:
    """Says that there is nothing, and (in its content) what the reader can do."""
    return render_to_string("components/empty_state.html", {"content": content, "title": title, "icon_name": icon})


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(items: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The way here: ``(label, url)``, the last one being this page."""
    return {"items": items}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Sequence[tuple[str, str, bool, Any]], label: str) -> dict[str, Any]:
    """Views of one thing as links: ``(label, url, is_current, count or None)``."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/rail_item.html")
def rail_item(label: str, href: str, icon: str, *, current: bool = False, count: Any = None) -> dict[str, Any]:
    """A place in the desk's rail."""
    return {"label": label, "href": href, "icon_name": icon, "current": current, "count": count}


@register.simple_tag
def nav_link(label: str, href: str, current: bool = False) -> SafeString:
    """A place in the portal's navigation."""
    here = mark_safe(' aria-current="page"') if current else ""
    return markup('<a class="nav-link" href="{}"{}>{}</a>', href, here, label)


@register.simple_tag
def avatar(name: str) -> SafeString:
    """Two signs of a name: the given name of a Chinese name, the initials of any other."""
    words = name.split()
    initials = "".join(word[0] for word in words[:2]).upper() if name.isascii() else name[-2:]
    # The same person has the same colour everywhere, without storing one.
    tone = AVATAR_TONES[crc32(name.encode()) % len(AVATAR_TONES)]
    return markup('<span class="avatar tone-{}" aria-hidden="true">{}</span>', tone, initials)


@register.simple_tag
def progress(value: float, maximum: float, label: str, tone: str = "info") -> SafeString:
    """A bar and the same in words; more than full is shown as full (the words and the tone say "overdue")."""
    return markup(
        '<span class="progress tone-{}"><span class="progress-label">{}</span>'
        '<progress value="{}" max="{}" aria-label="{}"></progress></span>',
        tone,
        label,
        str(max(0, min(value, maximum))),
        str(maximum),
        label,
    )


@register.inclusion_tag("components/qr.html")
def qr(text: str, label: str) -> dict[str, Any]:
    """A QR code as inline SVG, error correction M."""
    drawing = segno.make(text, error="m").svg_inline(scale=4, border=3, omitsize=True, svgclass=None, lineclass=None)
    # Safe: segno draws modules only, no part of ``text`` is in the markup.
    return {"drawing": SafeString(drawing), "label": label}


@register.inclusion_tag("components/map_picker.html")
def map_picker(
    geojson_url: str,
    lon: float,
    lat: float,
    *,
    lon_input: str = "",
    lat_input: str = "",
    zoom: float = 11,
    marked: bool = False,
) -> dict[str, Any]:
    """A map that loads when asked for. Coordinates are WGS84, as the GeoJSON's must be; areas may have a ``name``.

    With input ids, a click or Enter picks a point and writes it there; with ``marked`` the given point is shown.
    """
    inputs = {"lon_input": lon_input, "lat_input": lat_input}
    return {"geojson_url": geojson_url, "lon": lon, "lat": lat, "zoom": zoom, "marked": marked, **inputs}


@register.inclusion_tag("components/script_button.html")
def copy_button(element_id: str) -> dict[str, Any]:
    """Copies the text of an element; only there where JavaScript runs."""
    return {"copies": element_id}


@register.inclusion_tag("components/script_button.html")
def print_button() -> dict[str, Any]:
    """Prints the page; only there where JavaScript runs."""
    return {}


@register.inclusion_tag("components/preference.html", takes_context=True)
def preference(context: Context, name: str) -> dict[str, Any]:
    """The switch for ``theme``, ``elder``, ``language`` or ``shortcuts``: a form that works without JavaScript."""
    request = context.get("request")
    return {
        "name": name,
        "preferences": context.get("preferences"),
        "csrf_token": context.get("csrf_token"),
        "next": request.get_full_path() if request else "/",
    }
