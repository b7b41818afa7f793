"""Small pieces of the desk's tables: names of codes, state tags, deadlines, moments."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from yiwang.body.components.templatetags.components import tag
from yiwang.body.desk.selectors import wording
from yiwang.body.desk.types import Due
from yiwang.hub.cases.types import CaseRow, CaseState, move_label, state_label

register = template.Library()

register.filter("unit_name", wording.unit_name)
register.filter("area_path", wording.area_path)
register.filter("category_path", wording.category_path)
register.filter("move_label", move_label)


@register.filter
def short_category(category_id: UUID | None) -> str:
    """The last part of a category's path: what a narrow column has room for."""
    return wording.category_path(category_id).rpartition(wording.BETWEEN)[2]


@register.filter
def short_area(area_id: UUID | None) -> str:
    """The first two parts of a place's path, district and street."""
    return wording.BETWEEN.join(wording.area_path(area_id).split(wording.BETWEEN)[:2])


@register.simple_tag
def state_tag(state: CaseState) -> SafeString:
    """The state of a case as a tag."""
    return tag(state_label(state.value), wording.STATE_TONES[state])


@register.simple_tag
def moment(at: datetime, now: datetime) -> SafeString:
    """How long ago, with the exact time for whoever points at it."""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', at.isoformat(), wording.exact(at), wording.ago(at, now=now)
    )


@register.inclusion_tag("desk/due.html")
def due(row: CaseRow, now: datetime) -> dict[str, Any]:
    """The deadline bar of a case, a tag where it is over, or nothing."""
    return due_bar(wording.describe_due(row, now=now), row.due_at)


@register.inclusion_tag("desk/due.html")
def due_bar(stands: Due | None, due_at: datetime | None) -> dict[str, Any]:
    """The same for a deadline already described."""
    return {"due": stands, "exact": wording.exact(due_at) if due_at else ""}
