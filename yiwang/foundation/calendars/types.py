from django.utils.translation import gettext_lazy as _

from yiwang.foundation.audit.types import register_actions
from yiwang.foundation.calendars.worktime import CountRule, Unit, WorkCalendar

# The pure types of working time are what crosses this app's door.
__all__ = ["CountRule", "Unit", "WorkCalendar"]

register_actions({"calendars.saved": _("A working calendar was changed")})
