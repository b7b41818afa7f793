from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.errors import Invalid, NotFound


class FileTooLarge(Invalid):
    code = "file_too_large"
    detail = _("The photo is %(size_mb)s MB; at most %(limit_mb)s MB are accepted.")
    remedy = _("Send a smaller photo.")


class FileTypeRefused(Invalid):
    code = "file_type_refused"
    detail = _("This file is not a photo in JPEG, PNG, WebP or GIF format.")
    remedy = _("Send a photo in one of these formats.")


class FileNotFound(NotFound):
    code = "file_not_found"
