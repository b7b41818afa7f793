from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable


class FileTooLarge(Invalid):
    code = "file_too_large"
    detail = _("The file is %(size_mb)s MB; at most %(limit_mb)s MB are accepted.")
    remedy = _("Send a smaller file.")


class FileTypeRefused(Invalid):
    code = "file_type_refused"
    detail = _("This file is of no kind that is accepted here.")
    remedy = _(
        "Send a photo (JPEG, PNG, WebP), a PDF, Word, Excel or text document, a sound recording or a short video."
    )


class HeicRefused(FileTypeRefused):
    code = "file_heic_refused"
    detail = _("This photo is in the format HEIC, which not every device can show.")
    remedy = _("Choose the format “Most Compatible” in your camera's settings, or send the photo as JPEG.")


class FileBombRefused(FileTypeRefused):
    code = "file_bomb_refused"
    detail = _("Unpacked, this file would be far larger than it looks.")
    remedy = _("Send a usual photo or document.")


class ActiveContentRefused(FileTypeRefused):
    code = "file_active_refused"
    detail = _("This document contains macros or embedded programs.")
    remedy = _("Save it without macros, or as a PDF, and send that.")


class VideoTooLong(Invalid):
    code = "video_too_long"
    detail = _("The video is %(length_s)s seconds long; at most %(limit_s)s are accepted.")
    remedy = _("Send a shorter part of it.")


class FileNotFound(NotFound):
    code = "file_not_found"


class FileBeingChecked(Conflict):
    code = "file_being_checked"
    title = _("Not yet")
    detail = _("This file is still being checked for harmful content.")
    remedy = _("Try again in a minute.")


class FileQuarantined(Forbidden):
    code = "file_quarantined"
    title = _("Withheld")
    detail = _("This file contains harmful software and is not given to anybody.")
    remedy = _("Ask the sender for another copy.")


class StoreUnavailable(Unavailable):
    code = "file_store_unavailable"
    detail = _("The store of files cannot be reached.")


class ScanFailed(Exception):
    """The scanner could not say anything about a file; ``reason`` is for operators."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
