"""A browser without a screen: signs in, follows links, and sends the forms that pages really contain."""

import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import requests


@dataclass
class Form:
    """One form of a page, with the values it would send untouched."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._open = Form(values.get("action", ""), values.get("method", "get").lower())
            self.forms.append(self._open)
        if self._open is None:
            return
        name = values.get("name", "")
        if name:
            self._open.names.add(name)
        if tag == "button" and values.get("formaction"):  # the same form, sent elsewhere by this button
            self.forms.append(Form(values["formaction"], self._open.method, self._open.fields, self._open.names))
        if tag == "input" and name:
            if values.get("type") in ("checkbox", "radio") and "checked" not in values:
                return
            self._open.fields[name] = values.get("value", "")
        elif tag == "textarea" and name:
            self._area, self._open.fields[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in values or self._select not in self._open.fields):
            self._open.fields[self._select] = values.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._open is not None and self._area:
            self._open.fields[self._area] += data


@dataclass
class Browser:
    """One person's browser."""

    address: str
    http: requests.Session = field(default_factory=requests.Session)

    def sign_in(self, badge: str, password: str) -> None:
        """Notice acknowledged, badge and password given."""
        self.submit("/sign-in", badge=badge, password=password, notice="y")

    def get(self, path: str) -> str:
        """A page's HTML; raises for anything but 200."""
        answer = self.http.get(self.address + path, timeout=120)
        answer.raise_for_status()
        return answer.text

    def json(self, path: str) -> Any:
        """A JSON answer."""
        answer = self.http.get(self.address + path, headers={"Accept": "application/json"}, timeout=120)
        answer.raise_for_status()
        return answer.json()

    def forms(self, path: str) -> list[Form]:
        """Every form on a page."""
        parser = _Forms()
        parser.feed(self.get(path))
        return parser.forms

    def submit(self, path: str, *, action: str = "", expect: int = 200, **values: str) -> requests.Response:
        """Sends the form on `path` whose action ends with `action` (or the first that posts), with these values."""
        posts = [form for form in self.forms(path) if form.method == "post"]
        wanted = [
            form
            for form in posts
            if (form.action.split("?")[0].endswith(action) if action else set(values) <= form.names)
        ]
        if not wanted:
            raise LookupError(f"no form on {path} posts to {action or values}")
        target = requests.compat.urljoin(self.address + path, wanted[0].action or path)
        answer = self.http.post(target, data={**wanted[0].fields, **values}, timeout=120)
        if answer.status_code != expect:
            raise RuntimeError(f"POST {target}: {answer.status_code} {_reason(answer)}")
        return answer


def await_value(read: Any, wanted: Any, *, seconds: float, pause: float = 0.3) -> Any:
    """Reads until `wanted(value)` holds; TimeoutError otherwise."""
    until = time.monotonic() + seconds
    while True:
        value = read()
        if wanted(value):
            return value
        if time.monotonic() > until:
            raise TimeoutError(f"not reached in {seconds:.0f} s; last: {value}")
        time.sleep(pause)


def _reason(answer: requests.Response) -> str:
    text = " ".join(answer.text.split())
    start = text.find("error")
    return text[max(0, start - 100) : start + 400] if start >= 0 else text[:300]
