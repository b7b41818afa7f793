"""The API keeps its own contract: whatever schemathesis sends, answers match the OpenAPI document and none is a 5xx."""

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from yiwang.foundation.identity.services import create_api_key
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.problems import CONTENT_TYPE
from yiwang.foundation.kernel.viewer import ANONYMOUS, SYSTEM
from yiwang.hub.cases.types import CasePermission
from yiwang.network.intake.services import receive_report
from yiwang.network.intake.types import NewReport
from yiwang.project.wsgi import application

DOCUMENT = "/api/v1/openapi.json"
EXAMPLES = 150
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)


@pytest.fixture
def api_key(city) -> str:
    return create_api_key("contract", frozenset({CasePermission.VIEW}), viewer=SYSTEM, now=now())


@pytest.fixture
def contract(api_key):
    return schemathesis.openapi.from_wsgi(DOCUMENT, application)


operations = schemathesis.pytest.from_fixture("contract")


@operations.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
def test_every_answer_is_one_the_document_promises(case, api_key):
    response = case.call(headers={"X-API-Key": api_key})
    case.validate_response(response, checks=CHECKS)
    if response.status_code >= 400:
        assert response.headers["content-type"] == [CONTENT_TYPE]
        assert response.json()["status"] == response.status_code


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
        ("post", "/api/v1/reports", 422),
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
