"""The API's description (OpenAPI 3.1), made from the very schemas and permissions that its doors enforce."""

import re
from collections.abc import Iterator
from typing import Any

import pydantic
from flask import Flask
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from app.core.api import Contract, Header, Problem, needed
from app.core.permissions import Permission
from app.core.repeats import KEY

PREFIX = "/api/"
_REFERENCE = "#/components/schemas/{model}"
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_WHY = {
    400: "The request breaks the protocol.",
    401: "No valid token or session.",
    403: "The role does not include this.",
    404: "Not there, or not yours: the answer is the same.",
    409: "Not possible in the present state.",
    410: "It has expired.",
    412: "A version of the protocol that is not spoken here.",
    413: "Too many bytes.",
    415: "A type of content that is not taken here.",
    422: "Input that cannot be used; `field` names it.",
    423: "Somebody else is writing.",
    429: "Too much at once; Retry-After says when there is room.",
    460: "The checksum does not match the bytes.",
    503: "A part of the server is away; Retry-After says when to try again.",
}


def description(app: Flask, *, version: str) -> dict[str, Any]:
    """The whole document. LookupError names a door of the API that does not say what it takes and gives."""
    doors = list(_doors(app))
    given = [(said.gives, "serialization") for *_, said in doors] + [(Problem, "serialization")]
    taken = [(said.takes, "validation") for *_, said in doors]
    shapes = dict.fromkeys((one, how) for one, how in given + taken if isinstance(one, type))
    _, schemas = models_json_schema(list(shapes), ref_template=_REFERENCE)  # type: ignore[arg-type]
    paths: dict[str, dict[str, Any]] = {}
    for rule, method, view, said in doors:
        paths.setdefault(_path(rule), {})[method.lower()] = _operation(rule, view, said)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Blotter", "version": version, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": schemas["$defs"], "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _doors(app: Flask) -> Iterator[tuple[Rule, str, Any, Contract]]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        if not rule.rule.startswith(PREFIX):
            continue
        view = app.view_functions[rule.endpoint]
        for method in _METHODS:
            if method not in (rule.methods or ()) or (method == "HEAD" and "GET" in (rule.methods or ())):
                continue
            said = getattr(view, "contract", None)
            if said is None:
                raise LookupError(f"{rule.endpoint} does not say what it takes and gives: mark it with @contract")
            yield rule, method, view, said


def _path(rule: Rule) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)


def _operation(rule: Rule, view: Any, said: Contract) -> dict[str, Any]:
    summary, _, more = (view.__doc__ or "").strip().partition("\n")
    operation: dict[str, Any] = {
        "operationId": rule.endpoint.replace(".", "_"),
        "tags": [rule.endpoint.split(".")[0].removesuffix("_api")],
        "summary": summary,
        "parameters": [*_in_path(rule), *_in_query(said.asks), *(_header(one) for one in _headers(view, said))],
        "responses": _responses(view.permission, rule, said),
    }
    if more.strip():
        operation["description"] = re.sub(r"\s+", " ", more.strip())
    if view.permission is not Permission.PUBLIC:
        operation["security"] = [{"token": []}]
        operation["x-permission"] = view.permission.value
    if said.takes is not None:
        operation["requestBody"] = {"required": needed(said.takes), "content": _content(said.takes)}
    return operation


def _in_path(rule: Rule) -> list[dict[str, Any]]:
    kinds = dict(re.findall(r"<(?:(\w+):)?(\w+)>", rule.rule))
    named = {name: kind for kind, name in kinds.items()}
    shape = {"uuid": {"type": "string", "format": "uuid"}, "int": {"type": "integer", "minimum": 0}}
    return [
        {"name": name, "in": "path", "required": True, "schema": shape.get(named[name], {"type": "string"})}
        for name in sorted(rule.arguments)
    ]


def _in_query(asks: type[pydantic.BaseModel] | None) -> list[dict[str, Any]]:
    if asks is None:
        return []
    schema = asks.model_json_schema()
    needed = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in needed, "schema": shape}
        for name, shape in schema["properties"].items()
    ]


def _headers(view: Any, said: Contract) -> tuple[Header, ...]:
    return (*said.headers, KEY) if getattr(view, "once", False) else said.headers


def _header(one: Header) -> dict[str, Any]:
    schema = {"type": "string", **({"pattern": one.pattern} if one.pattern else {})}
    return {"name": one.name, "in": "header", "required": one.required, "description": one.about, "schema": schema}


def _responses(permission: Permission, rule: Rule, said: Contract) -> dict[str, Any]:
    codes = {*said.refusals, 429, 503}
    if permission is not Permission.PUBLIC:
        codes |= {401, 403}
    if rule.arguments:
        codes.add(404)
    if said.takes is not None or said.asks is not None:
        codes.add(422)
    fine: dict[str, Any] = {"description": "As asked."}
    if said.gives is not None:
        fine["content"] = _content(said.gives)
    refused = {"application/problem+json": {"schema": {"$ref": _REFERENCE.format(model=Problem.__name__)}}}
    wrong = {str(code): {"description": _WHY[code], "content": refused} for code in sorted(codes)}
    return {str(said.status): fine, **wrong}


def _content(shape: type[pydantic.BaseModel] | str) -> dict[str, Any]:
    if isinstance(shape, str):
        text = shape.startswith("text/")
        return {shape: {"schema": {"type": "string"}} if text else {}}
    return {"application/json": {"schema": {"$ref": _REFERENCE.format(model=shape.__name__)}}}
