"""Answers that several pages give: private ones, and “look over there”."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

View = Callable[..., HttpResponseBase]


def private(cache: str) -> Callable[[View], View]:
    """Keeps a page that a token opens out of shared caches, search engines and Referer headers.

    ``strict-origin`` sends the host alone, so the token in the address never travels. (``no-referrer`` would also blank
    the Origin of the page's own forms, and the check against forged forms would refuse them.)
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def shown(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
            response = view(request, *arguments, **named)
            response["Cache-Control"] = cache
            response["Referrer-Policy"] = "strict-origin"
            response["X-Robots-Tag"] = "noindex"
            return response

        return shown

    return wrap


def see_other(address: str) -> HttpResponseRedirect:
    """After a form: 303 tells every client to fetch the next page with GET."""
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


def set_private_cookie(
    response: HttpResponseBase, request: HttpRequest, name: str, value: str, *, path: str, lifetime_s: int
) -> None:
    """A short-lived signed cookie that scripts cannot read and that goes to ``path`` only; the path is its salt."""
    response.set_signed_cookie(
        name,
        value,
        salt=path,
        max_age=lifetime_s,
        path=path,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def read_private_cookie(request: HttpRequest, name: str, *, lifetime_s: int) -> str:
    """What ``set_private_cookie`` left for this very address; empty if nothing, too old or tampered with."""
    return request.get_signed_cookie(name, "", salt=request.path, max_age=lifetime_s) or ""
