"""The API's description for programs, and the same for people: made from what the doors enforce, with no outside request."""

from importlib.metadata import version
from typing import Any

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from app.core.api import contract
from app.core.openapi import description
from app.core.pages import page
from app.core.permissions import Permission, require

bp = Blueprint("api_docs", __name__)


@bp.get("/api/v1/openapi.json")
@require(Permission.PUBLIC)
@contract("application/json")
def openapi() -> ResponseReturnValue:
    """This description, as OpenAPI 3.1."""
    return jsonify(_description())


@bp.get("/api")
@require(Permission.SIGNED_IN)
def show(actor: object) -> ResponseReturnValue:
    """What programs can ask, for those who write them."""
    said = _description()
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in said["paths"].items():
        for method, operation in methods.items():
            row = {**operation, "path": path, "method": method.upper(), "shapes": _shapes(operation)}
            groups.setdefault(operation["tags"][0], []).append(row)
    return page("home/api.html", groups=groups, schemas=said["components"]["schemas"], title=said["info"]["title"])


def _description() -> dict[str, Any]:
    app = current_app
    if "openapi" not in app.extensions:
        app.extensions["openapi"] = description(app, version=version("blotter"))
    said: dict[str, Any] = app.extensions["openapi"]
    return said


def _shapes(operation: dict[str, Any]) -> dict[str, str]:
    """The names of what is taken and given, by place: body, or a status."""
    found = {"body": operation.get("requestBody", {}).get("content", {})}
    found |= {status: said.get("content", {}) for status, said in operation["responses"].items() if status < "300"}
    return {place: _named(content) for place, content in found.items() if content}


def _named(content: dict[str, Any]) -> str:
    kind, said = next(iter(content.items()))
    return str(said.get("schema", {}).get("$ref", kind)).rsplit("/", 1)[-1] if kind == "application/json" else str(kind)
