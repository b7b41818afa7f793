"""Working time is counted as the law and the city's rule say, to the minute, and fast."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiwang.foundation.calendars.errors import MomentOutOfRange, PeriodInvalid
from yiwang.foundation.calendars.worktime import CountRule, Unit, WorkCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = WorkCalendar(
    key="city",
    weekend=frozenset({6, 7}),
    holidays=frozenset(date(2026, 10, day) for day in range(1, 8)),
    workdays=frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
    hours=((time(9), time(12)), (time(13, 30), time(17, 30))),
    years=frozenset({2026}),
    time_zone=SHANGHAI,
)
ALWAYS = WorkCalendar(
    key="always",
    weekend=frozenset(),
    holidays=frozenset(),
    workdays=frozenset(),
    hours=((time.min, time.min),),
    years=frozenset({2026}),
    time_zone=SHANGHAI,
)
INVERSES = [CountRule.NEXT_WORKING_DAY_END_OF_DAY, CountRule.SAME_DAY_SAME_HOUR]
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.sampled_from([UTC, SHANGHAI]))  # noqa: DTZ001
AMOUNTS = st.integers(1, 200)


def at(month: int, day: int, clock: str = "00:00", zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.combine(date(2026, month, day), time.fromisoformat(clock), tzinfo=zone)


@pytest.mark.parametrize(
    ("rule", "due"),
    [
        ("same_day_end_of_day", at(3, 2, "17:30")),
        ("same_day_same_hour", at(3, 3, "10:00")),
        ("next_working_day_end_of_day", at(3, 3, "17:30")),
        ("next_working_day_same_hour", at(3, 4, "10:00")),
    ],
)
def test_one_working_day_from_a_monday_morning(rule: str, due: datetime) -> None:
    assert OFFICE.add(at(3, 2, "10:00"), 1, Unit.WORKING_DAYS, CountRule(rule)) == due


@pytest.mark.parametrize(
    ("rule", "due"),
    [
        ("same_day_end_of_day", at(3, 9, "17:30")),
        ("same_day_same_hour", at(3, 9, "17:30")),
        ("next_working_day_end_of_day", at(3, 9, "17:30")),
        ("next_working_day_same_hour", at(3, 10, "17:30")),
    ],
)
def test_one_working_day_from_a_saturday(rule: str, due: datetime) -> None:
    assert OFFICE.add(at(3, 7, "22:00"), 1, Unit.WORKING_DAYS, CountRule(rule)) == due


@pytest.mark.parametrize("rule", CountRule)
def test_what_comes_after_closing_is_not_due_before_it_came(rule: CountRule) -> None:
    start = at(3, 2, "20:00")
    assert OFFICE.add(start, 1, Unit.WORKING_DAYS, rule) >= at(3, 3, "17:30")


def test_holidays_rest_and_make_up_days_work() -> None:
    assert not OFFICE.is_workday(date(2026, 10, 1))
    assert OFFICE.is_workday(date(2026, 9, 20)), "a Sunday worked instead"
    assert OFFICE.add(at(9, 30, "10:00"), 2, Unit.WORKING_DAYS, CountRule.NEXT_WORKING_DAY_END_OF_DAY) == at(
        10, 9, "17:30"
    )
    assert OFFICE.add(at(10, 9, "10:00"), 1, Unit.WORKING_DAYS, CountRule.SAME_DAY_SAME_HOUR) == at(10, 10, "10:00")


def test_a_year_without_its_table_rests_on_weekends_only_and_says_so() -> None:
    assert OFFICE.is_workday(date(2027, 10, 1))
    assert not OFFICE.covers(date(2027, 10, 1))
    assert OFFICE.covers(date(2026, 10, 1))
    assert not OFFICE.covers(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)), "already the next year in city time"


@pytest.mark.parametrize(
    ("start", "hours", "rule", "due"),
    [
        (at(3, 2, "10:00"), 2, "same_day_same_hour", at(3, 2, "12:00")),
        (at(3, 2, "11:00"), 2, "same_day_same_hour", at(3, 2, "14:30")),
        (at(3, 2, "17:00"), 1, "same_day_same_hour", at(3, 3, "09:30")),
        (at(3, 6, "17:00"), 8, "same_day_same_hour", at(3, 10, "09:30")),
        (at(3, 7, "03:00"), 7, "same_day_same_hour", at(3, 9, "17:30")),
        (at(3, 2, "10:00"), 2, "next_working_day_same_hour", at(3, 3, "11:00")),
        (at(3, 2, "10:00"), 2, "same_day_end_of_day", at(3, 2, "17:30")),
    ],
)
def test_working_hours_run_in_office_hours_only(start: datetime, hours: int, rule: str, due: datetime) -> None:
    assert OFFICE.add(start, hours, Unit.WORKING_HOURS, CountRule(rule)) == due


def test_elapsed_time_takes_no_notice_of_the_calendar() -> None:
    start = at(10, 1, "23:00")
    for rule in CountRule:
        assert OFFICE.add(start, 24, Unit.HOURS, rule) == at(10, 2, "23:00")
        assert OFFICE.add(start, 90, Unit.MINUTES, rule) == at(10, 2, "00:30")


def test_calendar_days_include_holidays_and_end_on_their_own_date() -> None:
    assert OFFICE.add(at(9, 30, "10:00"), 3, Unit.CALENDAR_DAYS, CountRule.NEXT_WORKING_DAY_END_OF_DAY) == at(
        10, 3, "23:59:59"
    )
    assert OFFICE.add(at(9, 30, "10:00"), 3, Unit.CALENDAR_DAYS, CountRule.SAME_DAY_SAME_HOUR) == at(10, 3, "10:00")


def test_a_unit_that_never_closes_counts_every_day_to_its_last_second() -> None:
    assert ALWAYS.add(at(10, 3, "23:00"), 1, Unit.WORKING_DAYS, CountRule.NEXT_WORKING_DAY_END_OF_DAY) == at(
        10, 4, "23:59:59"
    )
    assert ALWAYS.add(at(10, 3, "23:00"), 2, Unit.WORKING_HOURS, CountRule.SAME_DAY_SAME_HOUR) == at(10, 4, "01:00")


def test_hours_elapse_truly_where_clocks_change() -> None:
    new_york = ZoneInfo("America/New_York")
    start, end = at(3, 7, "12:00", new_york), at(3, 8, "12:00", new_york)
    assert OFFICE.between(start, end, Unit.HOURS) == 23
    assert OFFICE.add(start, 24, Unit.HOURS, CountRule.SAME_DAY_SAME_HOUR) == at(3, 8, "13:00", new_york)


@given(MOMENTS, AMOUNTS, st.sampled_from(Unit), st.sampled_from(INVERSES), st.sampled_from([OFFICE, ALWAYS]))
def test_between_undoes_add(start: datetime, amount: int, unit: Unit, rule: CountRule, calendar: WorkCalendar) -> None:
    if unit is Unit.WORKING_HOURS:
        rule = CountRule.SAME_DAY_SAME_HOUR
    end = calendar.add(start, amount, unit, rule)
    assert calendar.between(start, end, unit) == amount
    assert calendar.between(end, start, unit) == -amount


@given(MOMENTS, MOMENTS, AMOUNTS, st.sampled_from(Unit), st.sampled_from(CountRule))
def test_who_comes_later_is_due_later(one: datetime, other: datetime, amount: int, unit: Unit, rule: CountRule) -> None:
    first, second = sorted((one, other))
    assert OFFICE.add(first, amount, unit, rule) <= OFFICE.add(second, amount, unit, rule)


@given(MOMENTS, AMOUNTS, st.sampled_from(Unit), st.sampled_from(CountRule))
def test_more_time_is_due_later_and_nothing_is_due_before_it_came(
    start: datetime, amount: int, unit: Unit, rule: CountRule
) -> None:
    due = OFFICE.add(start, amount, unit, rule)
    assert start - timedelta(minutes=1) < due <= OFFICE.add(start, amount + 1, unit, rule)


@given(MOMENTS, AMOUNTS)
def test_working_hours_agree_with_counting_minute_by_minute(start: datetime, amount: int) -> None:
    hours = amount % 8 + 1
    due = OFFICE.add(start, hours, Unit.WORKING_HOURS, CountRule.SAME_DAY_SAME_HOUR)
    minute, worked = start.astimezone(SHANGHAI).replace(second=0, microsecond=0, tzinfo=None), 0
    while worked < hours * 60:
        in_office = any(begin <= minute.time() < end for begin, end in OFFICE.hours)
        worked += OFFICE.is_workday(minute.date()) and in_office
        minute += timedelta(minutes=1)
    assert due == minute.replace(tzinfo=SHANGHAI)


def test_nonsense_is_refused_by_name() -> None:
    with pytest.raises(PeriodInvalid):
        OFFICE.add(at(3, 2), 0, Unit.WORKING_DAYS, CountRule.SAME_DAY_SAME_HOUR)
    with pytest.raises(MomentOutOfRange):
        OFFICE.add(datetime(1950, 1, 1, tzinfo=UTC), 1, Unit.WORKING_DAYS, CountRule.SAME_DAY_SAME_HOUR)
    for unit in Unit:
        with pytest.raises(MomentOutOfRange):
            OFFICE.add(at(3, 2), 10**9, unit, CountRule.SAME_DAY_SAME_HOUR)
    with pytest.raises(ValueError, match="time zone"):
        OFFICE.add(datetime(2026, 1, 1), 1, Unit.HOURS, CountRule.SAME_DAY_SAME_HOUR)  # noqa: DTZ001


@pytest.mark.parametrize("hours", [(), ((time(12), time(9)),), ((time(9), time(12)), (time(11), time(17)))])
def test_impossible_office_hours_are_refused(hours: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(PeriodInvalid):
        WorkCalendar("x", frozenset(), frozenset(), frozenset(), hours, frozenset(), SHANGHAI)
