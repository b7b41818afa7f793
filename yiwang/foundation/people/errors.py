from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.errors import NotFound


class ContactNotFound(NotFound):
    code = "contact_not_found"
    detail = _("This contact does not exist or has been erased.")
    remedy = _("There is nothing to be done: erased data cannot be brought back.")
