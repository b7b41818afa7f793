"""Days people fill in, and the moments they stand for in the city's time."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from yiwang.foundation.packs.selectors import get_city

# A calendar beyond these is a typing error, and its neighbours would overflow.
DATE_LIMITS = (MinValueValidator(date(1970, 1, 1)), MaxValueValidator(date(2999, 12, 31)))


def date_field(label: Any) -> forms.DateField:
    """A day, which may be left open."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, validators=DATE_LIMITS, widget=widget)


def midnight(day: date | None, plus_days: int = 0) -> datetime | None:
    """The beginning of that day, or of one some days later; None for none."""
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=plus_days), time.min, get_city().time_zone)
