"""The OpenAPI document: what ninja derives from the operations, and the one answer all of them give to mistakes."""

from typing import Any

from ninja import NinjaAPI, Schema
from ninja.openapi.schema import OpenAPISchema
from pydantic import Field

from yiwang.foundation.kernel.problems import CONTENT_TYPE


class FieldProblem(Schema):
    """What is wrong with one field of the request."""

    field: str
    detail: str


class Problem(Schema):
    """An RFC 9457 problem document; ``type`` ends in the stable code that docs/api.md explains."""

    type: str = Field(pattern="^/problems/[a-z_]+$")
    title: str
    status: int
    detail: str
    remedy: str = ""
    errors: list[FieldProblem] = []
    reference: str = ""


class DocumentedAPI(NinjaAPI):
    """An API whose document says of every operation that anything but success is a problem document."""

    def get_openapi_schema(self, **arguments: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**arguments)
        shape = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        document["components"]["schemas"].update({**shape.pop("$defs"), "Problem": shape})
        answer = {
            "description": "Not done; the problem document says why and what to do next.",
            "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for path in document["paths"].values():
            for operation in path.values():
                operation["responses"]["default"] = answer
        return document
