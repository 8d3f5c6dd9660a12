"""A browser of the simplest kind: keeps cookies, reads forms as served, sends them filled in."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from html import unescape
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

TIMEOUT_S = 120
HTTP_ERROR = 400


class Failed(Exception):
    """Something did not go as it should; the text says what and where."""


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    content: bytes
    content_type: str = "text/csv"


@dataclass(frozen=True, slots=True)
class Page:
    url: str
    status: int
    headers: Message[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def plain(self) -> str:
        """The text a reader sees, in one line."""
        without_tags = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", self.text, flags=re.DOTALL)
        return " ".join(unescape(without_tags).split())


@dataclass(slots=True)
class Form:
    action: str
    method: str
    classes: str
    values: dict[str, list[str]] = field(default_factory=dict)
    # Names of inputs that are ticked or sent only when chosen.
    offered: dict[str, list[str]] = field(default_factory=dict)


class _Forms(HTMLParser):
    """Collects the forms of a page with what they would send as they stand."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select = ""
        self._multiple = False
        self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        if tag == "form":
            method = facts.get("method", "get").lower()
            self._form = Form(facts.get("action", ""), method, facts.get("class", ""))
            self.forms.append(self._form)
        elif self._form is not None:
            self._enter(tag, facts)

    def _enter(self, tag: str, facts: dict[str, str]) -> None:
        name = facts.get("name", "")
        if tag == "input" and name:
            self._input(name, facts)
        elif tag == "select":
            self._select, self._multiple = name, "multiple" in facts
        elif tag == "option" and self._select:
            self._offer(self._select, facts.get("value", ""), chosen="selected" in facts)
        elif tag == "textarea" and name:
            self._area = name
            self._add(name, "")

    def _input(self, name: str, facts: dict[str, str]) -> None:
        kind, value = facts.get("type", "text"), facts.get("value", "")
        if kind in {"checkbox", "radio"}:
            self._offer(name, value or "on", chosen="checked" in facts)
        elif kind == "file":
            self._offer(name, "", chosen=False)
        elif kind not in {"submit", "button", "image", "reset"}:
            self._add(name, value)

    def _offer(self, name: str, value: str, *, chosen: bool) -> None:
        assert self._form is not None  # noqa: S101 - callers are inside a form
        self._form.offered.setdefault(name, []).append(value)
        if chosen:
            self._add(name, value)

    def _add(self, name: str, value: str) -> None:
        assert self._form is not None  # noqa: S101 - callers are inside a form
        self._form.values.setdefault(name, []).append(value)

    def handle_data(self, data: str) -> None:
        if self._area and self._form is not None:
            self._form.values[self._area][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._close_select()
        elif tag == "textarea":
            self._area = ""

    def _close_select(self) -> None:
        """As browsers do: a list without a choice sends its first option."""
        form, name, self._select = self._form, self._select, ""
        if form and name and not self._multiple and name not in form.values:
            form.values[name] = form.offered.get(name, [])[:1]


class Visitor:
    """One person at one browser."""

    def __init__(self, url: str, name: str = "visitor") -> None:
        self.url, self.name = url.rstrip("/"), name
        self._opener: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()))

    def log_in(self, username: str, password: str) -> Page:
        self.name = username
        return self.submit("/login/", {"username": username, "password": password})

    def get(self, path: str, *, expect: int = 200) -> Page:
        page = self._send(Request(urljoin(f"{self.url}/", path)))  # noqa: S310 - our own address
        if page.status != expect:
            raise Failed(f"{self.name}: GET {path} gives {page.status}, not {expect}")
        return page

    def submit(
        self,
        path: str,
        values: Mapping[str, str | Sequence[str]] | None = None,
        files: Mapping[str, Upload] | None = None,
    ) -> Page:
        """Open the page, fill in its form and send it; return where that leads. Fails when the
        page comes back with errors.
        """
        values, files = values or {}, files or {}
        form = self._form(self.get(path), {*values, *files})
        filled = {name: list(given) for name, given in form.values.items()}
        for name, value in values.items():
            filled[name] = [value] if isinstance(value, str) else list(value)
        target = urljoin(f"{self.url}/", path)
        body, content_type = _encode(filled, files)
        request = Request(urljoin(target, form.action or ""), body)  # noqa: S310 - our own address
        request.add_header("Content-Type", content_type)
        request.add_header("Referer", target)
        page = self._send(request)
        if page.status >= HTTP_ERROR or _errors(page):
            raise Failed(
                f"{self.name}: {path} answers {page.status}: {_errors(page) or page.plain}"
            )
        return page

    def _form(self, page: Page, names: set[str]) -> Form:
        parser = _Forms()
        parser.feed(page.text)
        for form in parser.forms:
            # Others are the log-out and the choice of language, on every page.
            if "office-form" in form.classes and names <= {*form.values, *form.offered}:
                return form
        errors = _errors(page)
        raise Failed(f"{self.name}: no form with {sorted(names)} on {page.url}. {errors}")

    def _send(self, request: Request) -> Page:
        request.add_header("Accept-Language", "zh-CN")
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as answer:
                return Page(answer.url, answer.status, answer.headers, answer.read())
        except HTTPError as error:
            with error:
                return Page(error.url or request.full_url, error.code, error.headers, error.read())


_ERRORS = re.compile(
    r'<div[^>]*class="form-errors".*?</div>|<p[^>]*class="field-error".*?</p>', re.DOTALL
)


def _errors(page: Page) -> str:
    """Return what the page says went wrong, empty when nothing did."""
    blocks = [re.sub(r"<[^>]+>", " ", each) for each in _ERRORS.findall(page.text)]
    return " ".join(" ".join(unescape(each).split()) for each in blocks)


def _encode(values: Mapping[str, Sequence[str]], files: Mapping[str, Upload]) -> tuple[bytes, str]:
    if not files:
        pairs = [(name, value) for name, given in values.items() for value in given]
        return urlencode(pairs).encode(), "application/x-www-form-urlencoded"
    boundary = uuid.uuid4().hex
    parts: list[bytes] = []
    for name, given in values.items():
        for value in given:
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
            parts.append(f"{head}{value}\r\n".encode())
    for name, upload in files.items():
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; '
            f'filename="{upload.name}"\r\nContent-Type: {upload.content_type}\r\n\r\n'
        )
        parts += [head.encode(), upload.content, b"\r\n"]
    parts.append(f"--{boundary}--\r\n".encode())
    return b"".join(parts), f"multipart/form-data; boundary={boundary}"
