from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.errors import Conflict


class NothingSealed(Conflict):
    code = "nothing_sealed"
    detail = _("Nothing about this is sealed yet.")
    remedy = _("Wait until the worker has sealed the trail, a few seconds after the last change; then try again.")
