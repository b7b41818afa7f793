"""What wraps every request: one log line of facts, and pages for people when something goes wrong."""

import time
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

import structlog
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.errors import BadRequest, Forbidden, FormNotTrusted, NotFound, Unavailable, YiwangError
from yiwang.foundation.kernel.ids import new_reference
from yiwang.foundation.kernel.problems import Problem, to_problem
from yiwang.foundation.kernel.settings import get_settings
from yiwang.project.api import problem_response
from yiwang.project.metrics import count_request

log = structlog.get_logger(__name__)
Handler = Callable[[HttpRequest], HttpResponse]


class MethodNotAllowed(YiwangError):
    """The address exists, but this cannot be done there; the header ``Allow`` says what can."""

    status = 405
    code = "method_not_allowed"
    title = _("This cannot be done here")
    detail = _("The address exists, but it does not offer this action.")
    remedy = _("Go back and use the buttons of the page. Programs find the allowed methods in the header Allow.")


class PageLaws:
    """Tells browsers what our pages may do: nothing but what comes from here, no inline scripts, in nobody's frame.

    Views may lay down laws of their own (files do).
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        # After the form that begins it, a log-in goes on at the other system.
        issuer = urlsplit(get_settings().oidc_issuer)
        beyond = f" {issuer.scheme}://{issuer.netloc}" if issuer.netloc else ""
        self.laws = {
            "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
            "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; media-src 'self'; worker-src 'self'; "
            f"manifest-src 'self'; form-action 'self'{beyond}; frame-ancestors 'none'; base-uri 'none'",
            "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, law in self.laws.items():
            response.headers.setdefault(name, law)
        return response


class RequestLog:
    """Counts every request by route and logs the failed ones. The route's pattern is logged, never the path: paths
    hold tokens."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - started
        match = request.resolver_match
        route = match.route if match else "-"
        count_request(request.method or "-", route, response.status_code, seconds)
        if response.status_code >= 500:
            log.error(
                "request_failed",
                method=request.method,
                route=route,
                status=response.status_code,
                ms=round(seconds * 1000),
            )
        return response


class ErrorPages:
    """Turns exceptions of views into the helpful page (or, under /api/, the problem document)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == MethodNotAllowed.status:
            allowed = {"Allow": response.headers.get("Allow", "")}
            return answer(request, replace(to_problem(MethodNotAllowed()), headers=allowed))
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse:
        if isinstance(error, YiwangError):
            return answer(request, to_problem(error))
        if isinstance(error, Http404):
            return answer(request, to_problem(NotFound()))
        if isinstance(error, PermissionDenied):
            return answer(request, to_problem(Forbidden()))
        if isinstance(error, SuspiciousOperation):
            log.warning("request_refused", reason=type(error).__name__, route=_route(request))
            return answer(request, to_problem(BadRequest()))
        reference = new_reference()
        log.error(
            "view_failed",
            exc_info=error,
            reference=reference,
            route=_route(request),
        )
        if isinstance(error, OperationalError | InterfaceError):
            return answer(request, to_problem(Unavailable(), reference=reference))
        return answer(request, to_problem(error, reference=reference))


def refuse_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page for a form without its token; Django's own ``reason`` is for programmers and stays in the log."""
    log.warning("form_not_trusted", reason=reason, route=_route(request))
    return answer(request, to_problem(FormNotTrusted()))


def _route(request: HttpRequest) -> str:
    return request.resolver_match.route if request.resolver_match else ""


def answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The problem as this client can read it."""
    if request.path.startswith("/api/"):
        return problem_response(problem)
    home = "/desk/" if request.path.startswith("/desk/") else "/"
    response = render(request, "components/problem.html", {"problem": problem, "home": home}, status=problem.status)
    for name, value in problem.headers.items():
        response[name] = value
    return response
