from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.errors import Unavailable


class DeliveryFailed(Unavailable):
    code = "delivery_failed"
    title = _("The message could not be delivered")
    detail = _("The delivery failed: %(reason)s")
    remedy = _("It is tried again a few times; then it stays visible as failed.")
