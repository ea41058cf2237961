"""Answering a program: bodies checked by a schema, JSON out."""

from typing import Any, TypeVar

import pydantic
from flask import jsonify, request
from flask.typing import ResponseReturnValue

from app.core.errors import Invalid

Schema = TypeVar("Schema", bound=pydantic.BaseModel)


def body(schema: type[Schema]) -> Schema:
    """The request's JSON as `schema`; Invalid names the first field that is wrong."""
    try:
        return schema.model_validate(request.get_json(force=True, silent=True) or {})
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise Invalid(f"{field}: {first['msg']}", field=field) from error


def answer(content: pydantic.BaseModel | dict[str, Any], status: int = 200) -> ResponseReturnValue:
    """JSON that no cache may keep."""
    plain = content.model_dump(mode="json") if isinstance(content, pydantic.BaseModel) else content
    response = jsonify(plain)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
