from django.db import models

from yiwang.foundation.kernel.ids import new_id


class Calendar(models.Model):
    """A working calendar: weekly rest days, office hours, and the years whose official table is loaded."""

    id = models.UUIDField(primary_key=True, default=new_id)
    key = models.CharField(max_length=40, unique=True)
    names = models.JSONField()
    time_zone = models.CharField(max_length=50)
    weekend = models.JSONField(default=list)
    hours = models.JSONField(default=list)
    years = models.JSONField(default=dict)


class CalendarDay(models.Model):
    """One day that differs from the week's rule: a holiday, or a rest day worked instead (调休)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="+")
    on_date = models.DateField()
    is_workday = models.BooleanField()
    names = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["calendar", "on_date"], name="calendars_day_unique")]
