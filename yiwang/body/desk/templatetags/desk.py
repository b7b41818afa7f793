"""Small pieces of the desk's tables: names of codes, state tags, deadlines, moments."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from uuid import UUID

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from yiwang.body.components.markup import joined, markup
from yiwang.body.components.templatetags.components import progress, tag
from yiwang.body.desk.selectors import wording
from yiwang.body.desk.types import Due
from yiwang.foundation.kernel.checks import label_of
from yiwang.hub.cases.types import CaseRow, CaseState, move_label, state_label

register = template.Library()

register.filter("unit_name", wording.unit_name)
register.filter("area_path", wording.area_path)
register.filter("category_path", wording.category_path)
register.filter("move_label", move_label)
register.filter("check_label", label_of)


@register.filter
def short_category(category_id: UUID | None) -> str:
    """The last part of a category's path: what a narrow column has room for."""
    return wording.category_path(category_id).rpartition(wording.BETWEEN)[2]


@register.filter
def short_area(area_id: UUID | None) -> str:
    """The first two parts of a place's path, district and street."""
    return _two_parts(wording.area_path(area_id))


def _two_parts(path: str) -> str:
    return wording.BETWEEN.join(path.split(wording.BETWEEN)[:2])


# One line of the queue. Drawn here and not in a template: fifty lines of twenty pieces each are most of what the page
# costs, and this takes a third of the time.
_ROW = (
    '<tr data-row><td><a class="table-title" href="{}" data-row-link>{}</a>'
    '<span class="small muted number">{}</span></td>'
    '<td data-label="{}" title="{}">{}</td><td data-label="{}" title="{}">{}</td><td data-label="{}">{}</td>'
    '<td data-label="{}">{}</td><td data-label="{}" class="nowrap">{}</td><td data-label="{}">{}</td></tr>'
)
_NOTHING = "–"
_NUMBER = "NUMBER"


@register.simple_tag
def case_rows(rows: Iterable[CaseRow], now: datetime) -> SafeString:
    """The lines of the queue's table, in the order of its columns."""
    labels = (
        gettext("Category"),
        gettext("Area"),
        gettext("Unit"),
        gettext("State"),
        gettext("Received"),
        gettext("Due"),
    )
    category, area, unit, state, received, deadline = (markup("{}", label) for label in labels)
    # Fifty rows share a few units, places, categories and states; each is worded once.
    category_path, area_path, unit_name = (
        cache(word) for word in (wording.category_path, wording.area_path, wording.unit_name)
    )
    as_tag, case_url = cache(state_tag), reverse("desk:case", args=[_NUMBER])
    drawn = []
    for row in rows:
        path, place = category_path(row.category_id), area_path(row.area_id)
        drawn.append(
            markup(
                _ROW,
                *(case_url.replace(_NUMBER, row.number), row.title, row.number),
                *(category, path, path.rpartition(wording.BETWEEN)[2] or _NOTHING),
                *(area, place, _two_parts(place) or row.address or _NOTHING),
                *(unit, unit_name(row.unit_id) or _NOTHING),
                *(state, as_tag(row.state), received, moment(row.received_at, now), deadline, due(row, now)),
            )
        )
    return joined(drawn)


@register.simple_tag
def state_tag(state: CaseState) -> SafeString:
    """The state of a case as a tag."""
    return tag(state_label(state.value), wording.STATE_TONES[state])


@register.simple_tag
def moment(at: datetime, now: datetime) -> SafeString:
    """How long ago, with the exact time for whoever points at it."""
    return markup(
        '<time datetime="{}" title="{}">{}</time>', at.isoformat(), wording.exact(at), wording.ago(at, now=now)
    )


@register.simple_tag
def due(row: CaseRow, now: datetime) -> SafeString:
    """The deadline bar of a case, a tag where it is over, or nothing."""
    return due_bar(wording.describe_due(row, now=now), row.due_at)


@register.simple_tag
def due_bar(stands: Due | None, due_at: datetime | None) -> SafeString:
    """The same for a deadline already described."""
    if stands is None:
        return mark_safe('<span class="muted">–</span>')
    drawn = (
        progress(stands.used, stands.total, stands.label, stands.tone)
        if stands.total
        else tag(stands.label, stands.tone)
    )
    return markup('<span title="{}">{}</span>', wording.exact(due_at) if due_at else "", drawn)
