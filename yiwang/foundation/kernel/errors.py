"""The tree of things that can go wrong, each a sentence for people and a stable code for programs.

An error says what went wrong (``title``), why in this instance (``detail``) and what to do next (``remedy``). Texts are
English msgids; they are translated when shown, so the reader's language wins. ``problems.py`` turns errors into HTTP.
"""

from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
# Nobody counts to a hundred seconds.
MINUTES_FROM_S = 90


class YiwangError(Exception):
    """Base of all expected errors. Keyword arguments fill the ``%(name)s`` places of detail and remedy."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "error"
    title: ClassVar[Text] = _("Something went wrong")
    detail: ClassVar[Text] = ""
    remedy: ClassVar[Text] = _("Try again. If it happens again, tell the operators the reference below.")

    def __init__(self, **params: Any) -> None:
        # The sentence is made when it is shown, in the reader's language; errors may arise before Django is ready.
        self.params = params
        super().__init__()

    @property
    def message(self) -> str:
        """What happened in this instance, in the active language."""
        return self._fill(self.detail) or str(self.title)

    @property
    def what_to_do(self) -> str:
        """What the reader can do next, in the active language."""
        return self._fill(self.remedy)

    def _fill(self, text: Text) -> str:
        return str(text) % self.params if self.params else str(text)

    def __str__(self) -> str:
        return f"{self.message} {self.what_to_do}".strip()


class BadRequest(YiwangError):
    """What was sent is no request this server can read, whoever sent it."""

    status = 400
    code = "bad_request"
    title = _("This request cannot be read")
    detail = _("It is damaged, has too many parts or is too large.")
    remedy = _("Go back to the page and try again from there; nothing was stored.")


class NotFound(YiwangError):
    status = 404
    code = "not_found"
    title = _("Not found")
    detail = _("There is nothing here under this address, or you may not see it.")
    remedy = _("Check the address or number.")


class Forbidden(YiwangError):
    status = 403
    code = "forbidden"
    title = _("Not allowed")
    remedy = _("Ask an administrator if you need this for your work.")


class NotPermitted(Forbidden):
    """The viewer lacks a permission. ``permission`` is its dotted name."""

    code = "not_permitted"
    detail = _("Your account does not have the permission %(permission)s.")


class FormNotTrusted(Forbidden):
    """A form came without the token of its page: cookies are off, were cleared, or another site sent it."""

    code = "form_not_trusted"
    title = _("This form cannot be taken")
    detail = _(
        "We could not make sure that it was sent from our own page. Perhaps cookies are switched off, or were cleared."
    )
    remedy = _("Go back, load the page again and send the form once more. The site needs cookies for this.")


class Unauthenticated(YiwangError):
    status = 401
    code = "unauthenticated"
    title = _("Please identify yourself")
    detail = _("This needs a signed-in account or a valid API key.")
    remedy = _("Sign in, or send a valid key in the header X-API-Key.")


class Conflict(YiwangError):
    status = 409
    code = "conflict"
    title = _("Somebody was faster")
    remedy = _("Load the page again and look at what has changed.")


class Invalid(YiwangError):
    """Input that cannot be accepted. ``errors`` lists ``(field, sentence)`` pairs for forms and problem documents."""

    status = 422
    code = "invalid"
    title = _("Please check what you sent")
    remedy = _("Correct it and send it again; nothing was stored.")

    def __init__(self, *, errors: tuple[tuple[str, str], ...] = (), **params: Any) -> None:
        self.errors = errors
        super().__init__(**params)


class TooMany(YiwangError):
    """``retry_after_s``, whole seconds, also becomes the header Retry-After."""

    status = 429
    code = "too_many"
    title = _("Too many at once")
    remedy = _("Wait %(retry_after_s)s seconds and try again.")
    remedy_after_minutes = _("Wait %(minutes)s minutes and try again.")

    def __init__(self, *, retry_after_s: int, **params: Any) -> None:
        super().__init__(retry_after_s=retry_after_s, minutes=-(-retry_after_s // 60), **params)

    @property
    def what_to_do(self) -> str:
        """How long to wait, in a unit people think in."""
        return self._fill(self.remedy if self.params["retry_after_s"] <= MINUTES_FROM_S else self.remedy_after_minutes)


class Unavailable(YiwangError):
    status = 503
    code = "unavailable"
    title = _("Not available at the moment")
    remedy = _("Try again in a minute.")


class SettingInvalid(YiwangError):
    """An environment variable has a value that cannot be used.

    Not translated: Django, and with it every catalogue, can only be loaded once the settings are right.
    """

    code = "setting_invalid"
    title = "A setting is wrong"
    detail = "The setting %(name)s is “%(value)s”; it must be: %(expected)s."
    remedy = "Change the environment variable and start again. docs/settings.md explains each."


class CannotStart(YiwangError):
    """The program must not or cannot start; ``reason`` and ``hint`` say why and what to do."""

    code = "cannot_start"
    title = _("Yiwang cannot start")
    detail = "%(reason)s"
    remedy = "%(hint)s"
