"""What the gate says to those who cannot come in: pages and problem documents, made once when a process starts."""

from collections.abc import Mapping
from enum import StrEnum

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import get_supported_language_variant
from django.utils.translation import gettext_lazy as _
from django.utils.translation.trans_real import parse_accept_lang_header

from yiwang.foundation.kernel.errors import TooMany, Unavailable, YiwangError
from yiwang.foundation.kernel.problems import to_problem
from yiwang.foundation.kernel.viewer import ANONYMOUS
from yiwang.project.middleware import answer

Answer = tuple[int, list[tuple[str, str]], bytes]
RETRY_AFTER_S = 2


class Refusal(StrEnum):
    """Why somebody cannot come in."""

    BUSY = "busy"
    TOO_MANY = "too_many_at_once"
    TOO_LARGE = "body_too_large"
    TOO_SLOW = "body_too_slow"
    NO_LENGTH = "length_missing"


class Busy(Unavailable):
    """More is asked for than can be answered in time; nothing was stored."""

    code = "busy"
    title = _("Very many people are here just now")
    detail = _("Your request could not be answered in time. Nothing of it was stored.")
    remedy = _("Send it again in a few seconds.")


class TooManyAtOnce(TooMany):
    """One address has more requests under way than one address may."""

    code = "too_many_at_once"
    detail = _("Your address has too many requests under way at the same moment.")


class BodyTooLarge(YiwangError):
    """Larger than all files of a form may be together."""

    status = 413
    code = "body_too_large"
    title = _("This is too much to send at once")
    detail = _("What you sent is larger than everything a form may carry.")
    remedy = _("Send fewer or smaller files.")


class BodyTooSlow(YiwangError):
    """The request did not arrive in full within its time."""

    status = 408
    code = "body_too_slow"
    title = _("Your line is very slow")
    detail = _("What you sent did not arrive in time. Nothing of it was stored.")
    remedy = _("Try again where the reception is better, or send fewer files.")


class LengthMissing(YiwangError):
    """A body other than JSON came without saying how long it is: cut short, it would look whole."""

    status = 411
    code = "length_missing"
    title = _("The length is missing")
    detail = _("The request does not say how long it is, so we could not tell whether all of it has arrived.")
    remedy = _("Send it with the header Content-Length.")


class Refusals:
    """All refusals in all languages, for people and for programs."""

    def __init__(self) -> None:
        errors: Mapping[Refusal, YiwangError] = {
            Refusal.BUSY: Busy(retry_after_s=RETRY_AFTER_S),
            Refusal.TOO_MANY: TooManyAtOnce(retry_after_s=RETRY_AFTER_S),
            Refusal.TOO_LARGE: BodyTooLarge(),
            Refusal.TOO_SLOW: BodyTooSlow(),
            Refusal.NO_LENGTH: LengthMissing(),
        }
        self._answers = {
            (refusal, is_api, language): _answer(error, is_api=is_api, language=language)
            for refusal, error in errors.items()
            for is_api in (True, False)
            for language, _name in settings.LANGUAGES
        }

    def answer(self, refusal: Refusal, *, is_api: bool, language: str) -> Answer:
        """Status, headers and body; ``language`` as in the header Accept-Language."""
        return self._answers[refusal, is_api, _understood(language)]


def _understood(accepted: str) -> str:
    for tag, _quality in parse_accept_lang_header(accepted):
        try:
            return get_supported_language_variant(tag)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


def _answer(error: YiwangError, *, is_api: bool, language: str) -> Answer:
    request = HttpRequest()
    request.path = "/api/" if is_api else "/"
    request.user = AnonymousUser()
    request.viewer = ANONYMOUS  # type: ignore[attr-defined]
    with translation.override(language):
        response = answer(request, to_problem(error))
    return response.status_code, [(name.lower(), value) for name, value in response.items()], response.content
