from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.errors import Unavailable


class ClockMissing(Unavailable):
    code = "clock_missing"
    title = _("A time limit is missing")
    detail = _(
        "The city's pack has no limit “%(kind)s” for the matter type “%(matter_type)s”, nor for the default type."
    )
    remedy = _("Add it to the pack's clocks and install the pack again.")
