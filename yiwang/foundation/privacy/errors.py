from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.errors import Conflict, Invalid


class TextsChanged(Conflict):
    """What was decided about is not what stands there now."""

    code = "texts_changed"
    detail = _("The text has changed since this page was loaded. Nothing was decided.")
    remedy = _("Look at the text as it is now, and decide again.")


class WaiverReasonMissing(Invalid):
    code = "waiver_reason_missing"
    detail = _("Showing “%(text)s” needs a reason.")
    remedy = _("Write in a few words why it may be shown, for example “the name of a public office”.")


class WordsNotFound(Invalid):
    code = "words_not_found"
    detail = _("“%(words)s” does not stand in the text.")
    remedy = _("Copy the words exactly as they stand there.")
