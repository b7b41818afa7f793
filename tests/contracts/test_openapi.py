"""The API keeps its own contract: whatever schemathesis sends, answers match the OpenAPI document and none is a 5xx."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import OperationalError, close_old_connections, connection
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from yiwang.foundation.identity.services import create_api_key
from yiwang.foundation.identity.types import NewApiKey
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.problems import CONTENT_TYPE
from yiwang.foundation.kernel.viewer import ANONYMOUS, SYSTEM
from yiwang.hub.cases.types import CasePermission
from yiwang.network.intake.services import receive_report
from yiwang.network.intake.types import NewReport
from yiwang.project.wsgi import application

DOCUMENT = "/api/v1/openapi.json"
EXAMPLES = 60
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)


@pytest.fixture
def api_key(city) -> str:
    return create_api_key(NewApiKey("contract", frozenset({CasePermission.VIEW})), viewer=SYSTEM, now=now())


@pytest.fixture
def contract(api_key):
    # As in Django's own test client: the ends of requests must not close the connection the test's transaction is on.
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi(DOCUMENT, application)
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_is_one_the_document_promises(contract, api_key, mode):
    for found in contract.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        def keeps_its_word(case):
            response = case.call(headers={"X-API-Key": api_key})
            case.validate_response(response, checks=CHECKS)
            if response.status_code >= 400:
                assert response.headers["content-type"] == [CONTENT_TYPE]
                assert response.json()["status"] == response.status_code

        keeps_its_word()


def test_the_document_is_openapi_3_1_and_names_problems_everywhere(client, city):
    document = client.get(DOCUMENT).json()
    assert document["openapi"].startswith("3.1")
    answers = [operation["responses"] for path in document["paths"].values() for operation in path.values()]
    assert answers
    assert all(CONTENT_TYPE in answer["default"]["content"] for answer in answers)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "/api/v1/cases", 401),
        ("get", "/api/v1/nothing-here", 404),
        ("get", "/api/v1/reports/R000000-0000000", 422),
        ("delete", "/api/v1/reports", 405),
        ("post", "/api/v1/reports", 400),
    ],
)
def test_what_goes_wrong_is_a_problem_document(client, city, method, path, status):
    response = getattr(client, method)(path)
    assert response.status_code == status
    assert response["Content-Type"] == CONTENT_TYPE
    assert response.json()["status"] == status


def test_a_real_receipt_opens_its_tracking_and_a_wrong_secret_does_not(client, city):
    receipt = receive_report(NewReport(text="井盖松动，车过就响"), viewer=ANONYMOUS, now=now())
    path = f"/api/v1/reports/{receipt.receipt}"
    assert client.get(path, headers={"X-Receipt-Secret": receipt.secret}).json()["receipt"] == receipt.receipt
    assert client.get(path, headers={"X-Receipt-Secret": "AAAA"}).status_code == 404


def test_a_database_that_is_away_is_said_to_be_away_before_and_inside_an_operation(client, api_key):
    def away(*_):
        raise OperationalError("the server closed the connection")

    client.raise_request_exception = False
    with connection.execute_wrapper(away):
        answers = [
            client.post("/api/v1/reports", {"text": "井盖松动"}, content_type="application/json"),
            client.get("/api/v1/cases", headers={"X-API-Key": api_key}),
        ]
    assert [(answer.status_code, answer["Content-Type"]) for answer in answers] == [(503, CONTENT_TYPE)] * 2


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        ("2026-01-01T00:00:00-18:00", 200),
        ("2026-01-01T00:00:00", 422),
        ("0001-01-01T00:00:00+18:00", 422),
        ("9999-12-31T23:59:59-18:00", 422),
    ],
)
def test_moments_count_in_any_zone_but_not_in_far_years(client, api_key, moment, status):
    answer = client.get("/api/v1/cases", {"received_from": moment}, headers={"X-API-Key": api_key})
    assert answer.status_code == status, answer.content
