"""Counting working time: pure functions of a start, an amount, a rule and a calendar, exact to the minute.

Replayed years later with the same calendar they give the same answer. How days are counted is the city's choice
(``CountRule``): with office hours 09:00–17:30 and a start on a Monday at 10:00, one working day ends

===============================  =====================
``same_day_end_of_day``          Monday 17:30
``same_day_same_hour``           Tuesday 10:00
``next_working_day_end_of_day``  Tuesday 17:30
``next_working_day_same_hour``   Wednesday 10:00
===============================  =====================

The third is what Chinese law says where nothing else is written: the day of the start does not count (Civil Code 2020,
article 201), and the last day ends when business ends (article 203).
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

from yiwang.foundation.calendars.errors import MomentOutOfRange, PeriodInvalid

FIRST_YEAR, LAST_YEAR = 1970, 2100
"""The years in which working time can be counted."""

_MINUTES_A_DAY = 1440
_EPOCH = date(FIRST_YEAR, 1, 1).toordinal()
_DAYS = date(LAST_YEAR + 1, 1, 1).toordinal() - _EPOCH
# By law a day ends at 24:00. Its last second is stored instead, so that the date people see is still that day.
_END_OF_DAY = time(23, 59, 59)


class Unit(StrEnum):
    """What an amount of time is counted in."""

    MINUTES = "minutes"
    HOURS = "hours"
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"


class CountRule(StrEnum):
    """From which day on days count, and when the last one ends. Minutes and hours simply elapse; no rule touches them.

    *Same day*: counting begins at the start itself. *Next working day*: it begins with the next working day (calendar
    days: the next day); working hours begin when that day opens. *End of day*: the last day counts until office closes
    (calendar days: midnight). *Same hour*: full days from hour to hour, never past closing; a start on a day off has no
    hour and gets the closing time.
    """

    SAME_DAY_SAME_HOUR = "same_day_same_hour"
    SAME_DAY_END_OF_DAY = "same_day_end_of_day"
    NEXT_WORKING_DAY_SAME_HOUR = "next_working_day_same_hour"
    NEXT_WORKING_DAY_END_OF_DAY = "next_working_day_end_of_day"

    @property
    def begins_next_day(self) -> bool:
        """Whether the day of the start is left out."""
        return self in (CountRule.NEXT_WORKING_DAY_SAME_HOUR, CountRule.NEXT_WORKING_DAY_END_OF_DAY)

    @property
    def ends_with_day(self) -> bool:
        """Whether the last day counts until it closes."""
        return self in (CountRule.SAME_DAY_END_OF_DAY, CountRule.NEXT_WORKING_DAY_END_OF_DAY)

    @property
    def days_after_start(self) -> int:
        """How many days later than ``amount`` days after the start the last day is: -1, 0 or 1."""
        return self.begins_next_day - self.ends_with_day


_MINUTES_IN = {Unit.MINUTES: 1, Unit.HOURS: 60, Unit.WORKING_HOURS: 60}


@dataclass(frozen=True)
class WorkCalendar:
    """When a city or unit works.

    ``weekend`` holds ISO weekdays (Monday is 1). ``holidays`` and ``workdays`` are the exceptions of the official
    yearly table: days off, and rest days worked instead (调休). ``years`` are those whose table is loaded; in others
    only the weekend rests. ``hours`` are office hours in city time, in order; an end of 00:00 is midnight at the end of
    the day.
    """

    key: str
    weekend: frozenset[int]
    holidays: frozenset[date]
    workdays: frozenset[date]
    hours: tuple[tuple[time, time], ...]
    years: frozenset[int]
    time_zone: ZoneInfo

    def __post_init__(self) -> None:
        edges = [minute for span in self._spans for minute in span]
        if not edges or any(earlier >= later for earlier, later in pairwise(edges)):
            raise PeriodInvalid(reason="office hours must be given, in order and with a pause between")
        if not any(weekday not in self.weekend for weekday in range(1, 8)):
            raise PeriodInvalid(reason="a week must have a working day")

    def is_workday(self, day: date) -> bool:
        """Whether ``day`` (city date) is worked; where the year's table is not loaded, only weekends are off."""
        if day in self.workdays:
            return True
        return day not in self.holidays and day.isoweekday() not in self.weekend

    def covers(self, moment: date | datetime) -> bool:
        """Whether the official table of that year (city time) is loaded, so that the answer is more than weekends."""
        return (self._local(moment) if isinstance(moment, datetime) else moment).year in self.years

    def add(self, start: datetime, amount: int, unit: Unit, rule: CountRule) -> datetime:
        """The moment (UTC) when ``amount`` of ``unit`` counted from the aware ``start`` ends.

        Raises PeriodInvalid for amounts below 1, MomentOutOfRange where counting leaves FIRST_YEAR to LAST_YEAR.
        """
        if amount < 1:
            raise PeriodInvalid(reason=f"an amount of time must be at least 1, not {amount}")
        local = self._local(start)
        if unit is Unit.WORKING_DAYS:
            return self._add_working_days(local, amount, rule)
        if unit is Unit.CALENDAR_DAYS:
            return self._add_calendar_days(local, amount, rule)
        if unit is Unit.WORKING_HOURS:
            return self._add_working_hours(local, amount, rule)
        return self._add_elapsed(local, amount * _MINUTES_IN[unit])

    def between(self, start: datetime, end: datetime, unit: Unit) -> int:
        """Whole ``unit`` from ``start`` to ``end`` (aware); negative where ``end`` lies before ``start``.

        Days count how many (working) days begin after the start's date up to the end's: the inverse of ``add`` for
        ``next_working_day_end_of_day`` and ``same_day_same_hour``. Raises MomentOutOfRange.
        """
        begin, finish = self._local(start), self._local(end)
        # Python compares two moments of one zone by the clock on the wall; where clocks change only UTC is right.
        elapsed = finish.astimezone(UTC) - begin.astimezone(UTC)
        if elapsed < timedelta():
            return -self.between(end, start, unit)
        if unit is Unit.WORKING_DAYS:
            return self._worked_through(finish) - self._worked_through(begin)
        if unit is Unit.CALENDAR_DAYS:
            return finish.toordinal() - begin.toordinal()
        minutes = self.working_minutes(start, end) if unit is Unit.WORKING_HOURS else elapsed // timedelta(minutes=1)
        return minutes // _MINUTES_IN[unit]

    def working_minutes(self, start: datetime, end: datetime) -> int:
        """Office minutes from ``start`` to ``end`` (aware, seconds are cut off); negative where ``end`` is earlier."""
        return self._minutes_worked_before(self._local(end)) - self._minutes_worked_before(self._local(start))

    def _add_working_days(self, start: datetime, amount: int, rule: CountRule) -> datetime:
        is_counting = self.is_workday(start.date()) and start.time() < self._close
        # A start after closing or on a day off belongs to no day; "same day" is then the next one that is worked.
        is_late_start = rule is CountRule.SAME_DAY_END_OF_DAY and not is_counting
        target = self._worked_through(start) + amount - 1 + rule.days_after_start + is_late_start
        at = min(start.time(), self._close) if is_counting and not rule.ends_with_day else self._close
        return self._utc(self._workday(target), at)

    def _add_calendar_days(self, start: datetime, amount: int, rule: CountRule) -> datetime:
        day = start.toordinal() - _EPOCH + amount + rule.days_after_start
        return self._utc(day, _END_OF_DAY if rule.ends_with_day else start.time())

    def _add_working_hours(self, start: datetime, amount: int, rule: CountRule) -> datetime:
        if rule.begins_next_day:
            begin = self._worked_through(start) * self._minutes_a_workday
        else:
            begin = self._minutes_worked_before(start)
        # The last minute worked, not the first one free: it decides which day the period ends on.
        workday, minute = divmod(begin + amount * 60 - 1, self._minutes_a_workday)
        if rule.ends_with_day:
            return self._utc(self._workday(workday), self._close)
        return self._utc(self._workday(workday), time.min, self._minute_of_day(minute) + 1)

    def _add_elapsed(self, start: datetime, minutes: int) -> datetime:
        _in_range(start.toordinal() - _EPOCH + minutes // _MINUTES_A_DAY)
        return start.astimezone(UTC) + timedelta(minutes=minutes)

    def _local(self, moment: datetime) -> datetime:
        if moment.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return moment.astimezone(self.time_zone)

    def _utc(self, day: int, at: time, minutes: int = 0) -> datetime:
        local = datetime.combine(date.fromordinal(_EPOCH + _in_range(day)), at) + timedelta(minutes=minutes)
        return local.replace(tzinfo=self.time_zone).astimezone(UTC)

    def _workday(self, number: int) -> int:
        """The working day with this number (from 0), as days since the start of FIRST_YEAR."""
        return self._workdays[_in_range(number, len(self._workdays))]

    def _worked_through(self, local: datetime) -> int:
        """Working days from FIRST_YEAR up to and including the date of ``local``."""
        return self._workdays_through[_in_range(local.toordinal() - _EPOCH)]

    def _minutes_worked_before(self, local: datetime) -> int:
        through = self._worked_through(local)
        if not self.is_workday(local.date()):
            return through * self._minutes_a_workday
        minute = local.hour * 60 + local.minute
        today = sum(max(0, min(minute, end) - start) for start, end in self._spans)
        return (through - 1) * self._minutes_a_workday + today

    def _minute_of_day(self, worked: int) -> int:
        """The minute after midnight that is number ``worked`` (from 0) of a working day's office minutes."""
        spans = iter(self._spans)
        start, end = next(spans)
        while worked >= end - start:
            worked -= end - start
            start, end = next(spans)
        return start + worked

    @cached_property
    def _spans(self) -> tuple[tuple[int, int], ...]:
        return tuple((_minute(start), _minute(end) or _MINUTES_A_DAY) for start, end in self.hours)

    @cached_property
    def _minutes_a_workday(self) -> int:
        return sum(end - start for start, end in self._spans)

    @cached_property
    def _close(self) -> time:
        last = self.hours[-1][1]
        return _END_OF_DAY if last == time.min else last

    @cached_property
    def _workdays(self) -> "array[int]":
        """Working days in order, as days since the start of FIRST_YEAR."""
        return array("i", (day for day, is_worked in enumerate(self._each_day()) if is_worked))

    @cached_property
    def _workdays_through(self) -> "array[int]":
        """For each day since the start of FIRST_YEAR: the working days up to and including it."""
        return array("i", accumulate(self._each_day()))

    def _each_day(self) -> Iterator[bool]:
        return (self.is_workday(date.fromordinal(_EPOCH + day)) for day in range(_DAYS))


def _in_range(number: int, limit: int = _DAYS) -> int:
    if not 0 <= number < limit:
        raise MomentOutOfRange(first_year=FIRST_YEAR, last_year=LAST_YEAR)
    return number


def _minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute
