from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.errors import Invalid, NotFound


class CalendarNotFound(NotFound):
    code = "calendar_not_found"
    detail = _("There is no working calendar “%(key)s”.")
    remedy = _("Install a city pack that has one.")


class PeriodInvalid(Invalid):
    """An amount of time or a calendar nothing can be counted with; ``reason`` says why."""

    code = "period_invalid"
    detail = _("Working time cannot be counted: %(reason)s.")


class MomentOutOfRange(Invalid):
    """A start or end outside the years working time is counted in."""

    code = "moment_out_of_range"
    detail = _("Working time is counted from %(first_year)s to %(last_year)s only.")
    remedy = _("Check the date; two digits of a year or a wrong format are the usual cause.")
