"""The JSON API: one OpenAPI 3.1 document, one key scheme, one translator for errors."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.renderers import JSONRenderer
from ninja.security import APIKeyHeader

from yiwang.foundation.identity.errors import TooManyCalls
from yiwang.foundation.identity.services import use_api_key
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.errors import BadRequest, Invalid, TooMany, Unauthenticated, Unavailable, YiwangError
from yiwang.foundation.kernel.ids import new_reference
from yiwang.foundation.kernel.problems import CONTENT_TYPE, Problem, to_problem
from yiwang.foundation.kernel.settings import Rate
from yiwang.foundation.kernel.viewer import Viewer
from yiwang.hub.cases.api import router as cases_router
from yiwang.network.intake.api import router as intake_router
from yiwang.network.intake.services import check_rate
from yiwang.project.openapi import DocumentedAPI

log = structlog.get_logger(__name__)


class ApiKeyAuth(APIKeyHeader):
    """Programs identify themselves by ``X-API-Key``; staff in a browser by their session."""

    param_name = "X-API-Key"

    def authenticate(self, request: HttpRequest, key: str | None) -> Viewer | None:
        viewer: Viewer = request.viewer  # type: ignore[attr-defined]
        return viewer if viewer.is_authenticated else None


class Readable(JSONRenderer):
    """JSON in which Chinese stays Chinese: a third of the bytes, and people can read it."""

    json_dumps_params = {"ensure_ascii": False}


api = DocumentedAPI(
    renderer=Readable(),
    title="Yiwang",
    version="1",
    description="Report, track and list what a city takes care of. Errors are RFC 9457 problem documents.",
    auth=ApiKeyAuth(),
    urls_namespace="api",
)
api.add_router("", intake_router)
api.add_router("", cases_router)


class ApiKeyMiddleware:
    """Turns a given API key into ``request.viewer`` for all of /api/, also where no key is needed."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        secret = request.headers.get("X-API-Key")
        if secret and request.path.startswith("/api/"):
            try:
                request.viewer = _viewer_of_key(secret)  # type: ignore[attr-defined]
            except YiwangError as error:
                return problem_response(to_problem(error))
        response: HttpResponse = self.get_response(request)
        return response


def _viewer_of_key(secret: str) -> Viewer:
    moment = now()
    use = use_api_key(secret, now=moment)
    try:
        check_rate(f"api-key:{use.prefix}", Rate(use.limit_per_minute, 60), now=moment)
    except TooMany as error:
        raise TooManyCalls(retry_after_s=error.params["retry_after_s"]) from None
    return use.viewer


def problem_response(problem: Problem) -> HttpResponse:
    """The problem document as an answer."""
    body = json.dumps(problem.document(), ensure_ascii=False)
    return HttpResponse(body, status=problem.status, content_type=CONTENT_TYPE, headers=problem.headers)


@api.exception_handler(YiwangError)
def answer_expected(request: HttpRequest, error: YiwangError) -> HttpResponse:
    """Errors with a sentence of their own."""
    return problem_response(to_problem(error))


@api.exception_handler(AuthenticationError)
def answer_stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """No key, no session."""
    return problem_response(to_problem(Unauthenticated()))


@api.exception_handler(ValidationError)
def answer_malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Input that does not have the documented shape, field by field."""
    fields = tuple((_field(item["loc"]), str(item["msg"])) for item in error.errors)
    return problem_response(to_problem(Invalid(errors=fields)))


def _field(location: Sequence[str | int]) -> str:
    """``("body", "body", "contact", "phone")`` is what a caller knows as ``contact.phone``."""
    return ".".join(map(str, location[2:] if location[0] == "body" else location[1:])) or str(location[-1])


@api.exception_handler(HttpError)
def answer_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What the framework refuses before our code runs (a body that is no JSON)."""
    return problem_response(replace(to_problem(BadRequest()), status=error.status_code, detail=str(error)))


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
def answer_database_away(request: HttpRequest, error: Exception) -> HttpResponse:
    """The database restarts or is out of connections: worth trying again, and said so."""
    log.warning("database_away", error=type(error).__name__)
    return problem_response(to_problem(Unavailable()))


@api.exception_handler(Exception)
def answer_unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    """Everything else: logged under a reference, nothing told about the inside."""
    reference = new_reference()
    log.error(
        "api_failed",
        exc_info=error,
        reference=reference,
        route=request.resolver_match.route if request.resolver_match else "",
    )
    return problem_response(to_problem(error, reference=reference))
