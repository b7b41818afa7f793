from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.errors import Conflict, Invalid, NotFound, TooMany


class ReportNotFound(NotFound):
    code = "report_not_found"
    detail = _("There is no report with this receipt number and secret.")
    remedy = _("Check both, or find your receipt again with your phone number.")


class TextMissing(Invalid):
    code = "text_missing"
    detail = _("Please say in a few words what it is about.")
    remedy = _("Write at least two characters.")


class TextTooLong(Invalid):
    code = "text_too_long"
    detail = _("The text has %(length)s characters; at most %(limit)s are possible.")
    remedy = _("Shorten it, or add the rest later as a supplement.")


class TooManyPhotos(Invalid):
    code = "too_many_photos"
    detail = _("You chose %(count)s files; at most %(limit)s can be sent.")
    remedy = _("Choose the most important ones.")


class ContactInvalid(Invalid):
    code = "contact_invalid"
    detail = _("The phone number or the e-mail address does not look right.")
    remedy = _("Correct it or leave it empty.")


class OccurredInFuture(Invalid):
    code = "occurred_in_future"
    detail = _("The time of the occurrence lies in the future.")
    remedy = _("Correct the time or leave it out.")


class IdempotencyMismatch(Conflict):
    code = "idempotency_mismatch"
    title = _("The same key with another content")
    detail = _("This Idempotency-Key (or external number) was already used for a different report.")
    remedy = _("Use a new key for a new report.")


class TooManyReports(TooMany):
    code = "too_many_reports"
    detail = _("There were too many requests from your address in a short time.")


class CodeWrong(Invalid):
    code = "one_time_code_wrong"
    detail = _("The code is wrong or has expired.")
    remedy = _("Check it, or ask for a new one.")
