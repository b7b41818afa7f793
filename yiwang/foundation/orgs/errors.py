from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.errors import Invalid


class UnitUnknown(Invalid):
    code = "unit_unknown"
    detail = _("There is no unit “%(value)s”.")
    remedy = _("Choose a unit from the list.")
