from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.errors import Invalid


class CodeUnknown(Invalid):
    code = "code_unknown"
    detail = _("“%(value)s” is not in the list “%(kind)s”.")
    remedy = _("Choose a value of the list.")
