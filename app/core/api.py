"""Answering a program: what each door takes and gives is said once, enforced here, and published as OpenAPI."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pydantic
from flask import jsonify, request
from flask.typing import ResponseReturnValue

from app.core.errors import Invalid

Schema = TypeVar("Schema", bound=pydantic.BaseModel)
View = TypeVar("View", bound=Callable[..., Any])


class Problem(pydantic.BaseModel):
    """A refusal (RFC 9457): what is wrong, where (`field`), and what to do about it (`remedy`)."""

    type: str
    title: str
    status: int
    detail: str = ""
    field: str = ""
    remedy: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """A header a door reads, as a JSON schema's pattern; `required` where it is refused without."""

    name: str
    about: str
    pattern: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Contract:
    """What a door takes and gives. `gives` is a schema, or a media type where the answer is no JSON; None for no body."""

    gives: type[pydantic.BaseModel] | str | None
    status: int = 200
    takes: type[pydantic.BaseModel] | str | None = None
    asks: type[pydantic.BaseModel] | None = None
    headers: tuple[Header, ...] = field(default=())
    refusals: tuple[int, ...] = field(default=())


def contract(gives: type[pydantic.BaseModel] | str | None, **more: Any) -> Callable[[View], View]:
    """Marks a route with what it takes and gives; stands below `require`. What the view returns is answered as `gives`."""
    said = Contract(gives, **more)

    def mark(view: View) -> View:
        view.contract = said  # type: ignore[attr-defined]
        return view

    return mark


def needed(takes: type[pydantic.BaseModel] | str) -> bool:
    """Whether a body must be sent: bytes, or a schema with a member that must be there."""
    return isinstance(takes, str) or any(one.is_required() for one in takes.model_fields.values())


def body(schema: type[Schema]) -> Schema:
    """The request's JSON as `schema`; Invalid names the first field that is wrong."""
    given = request.get_json(force=True, silent=True) if request.get_data() or needed(schema) else {}
    if not isinstance(given, dict):
        raise Invalid("The body must be a JSON object.", remedy=f"Send {', '.join(schema.model_fields)}.")
    return _as(schema, given)


def asked(schema: type[Schema]) -> Schema:
    """The query string as `schema`; Invalid names the first parameter that is wrong."""
    return _as(schema, request.args.to_dict())


def answer(content: pydantic.BaseModel | dict[str, Any], status: int = 200) -> ResponseReturnValue:
    """JSON that no cache may keep. A plain dict is for a page's own script; a door of the API gives its schema."""
    response = jsonify(content.model_dump(mode="json") if isinstance(content, pydantic.BaseModel) else content)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def _as(schema: type[Schema], given: dict[str, Any]) -> Schema:
    try:
        return schema.model_validate(given)
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise Invalid(f"{place}: {first['msg']}", field=place) from error
