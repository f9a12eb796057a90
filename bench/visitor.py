"""Callers that keep on: by token or session, over whatever dies at the other end."""

import http.client
import time
import urllib.parse
import uuid
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import orjson

PATIENCE = 90.0

Answer = tuple[int, dict[str, str], bytes]


def persist(call: Callable[[], Answer]) -> Answer:
    """Repeat a call that can be sent twice until the server answers it."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            status, headers, body = call()
            if status < 500:
                return status, headers, body
            reason = f"{status} {body[:200]!r}"
        except (OSError, http.client.HTTPException) as error:
            reason = repr(error)
        if time.monotonic() > deadline:
            raise TimeoutError(reason)
        time.sleep(0.2)


class Program:
    """Calls the API with a key or a token."""

    def __init__(self, port: int, credential: str = "") -> None:
        self.port, self.credential = port, credential
        self._connection: http.client.HTTPConnection | None = None

    def send(self, method: str, path: str, body: bytes = b"", kind: str = "application/json") -> tuple[int, bytes]:
        """Status and body; what is sent again is recognised, so that nothing happens twice."""
        headers = {"Content-Type": kind}
        if self.credential:
            headers["Authorization"] = f"Bearer {self.credential}"
        status, _headers, answer = persist(lambda: self._once(method, path, body, headers))
        return status, answer

    def _once(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._connection = None
            raise

    def sign_in(self, user: dict[str, str]) -> "Program":
        """A caller with the token of a person."""
        given = {"username": user["login"], "password": user["password"], "organization": user["organization"]}
        status, body = self.send("POST", "/api/auth/token/", orjson.dumps(given))
        assert status == 200, body
        return Program(self.port, orjson.loads(body)["access"])


class FormReader(HTMLParser):
    """The first form in the main part of a page that is posted: where it goes, and what is filled in."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action, self.fields = "", dict[str, str]()
        self._is_main = self._is_inside = self._is_over = False
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "main":
            self._is_main = True
        elif tag == "form" and self._is_main and given.get("method") == "post" and not self._is_over:
            self._is_inside, self.action = True, given.get("action", "")
        elif self._is_inside and tag == "input" and given.get("type") not in ("checkbox", "radio", "file", "submit"):
            self.fields[given["name"]] = given.get("value", "")
        elif self._is_inside and tag == "select":
            self._select = given["name"]
        elif self._is_inside and tag == "option" and (self._select not in self.fields or "selected" in given):
            self.fields[self._select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._is_inside:
            self._is_inside, self._is_over = False, True


class Visitor:
    """Walks through pages as a browser without scripts does."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies = port, dict[str, str]()

    def get(self, path: str) -> tuple[int, str]:
        status, _headers, body = persist(lambda: self._once("GET", path))
        return status, body.decode(errors="replace")

    def sign_in(self, user: dict[str, str]) -> None:
        where = self.submit("/accounts/login", {"login": user["login"], "password": user["password"]})
        assert "login" not in where, "signing in was refused"

    def submit(self, path: str, given: dict[str, str], *, file: tuple[str, bytes] | None = None) -> str:
        """Fill in and send the form of a page; the address it leads to."""
        _status, page = self.get(path)
        form = FormReader(page)
        fields = form.fields | given | {"csrfmiddlewaretoken": self.cookies["csrftoken"]}
        body, kind = _multipart(fields, file) if file else (urllib.parse.urlencode(fields).encode(), FORM)
        target = form.action or path
        status, headers, answer = persist(lambda: self._once("POST", target, body, {"Content-Type": kind}))
        assert status in (302, 303), (path, status, answer[:2000])
        return headers.get("Location") or headers["location"]

    def _once(self, method: str, path: str, body: bytes = b"", more: dict[str, str] | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            connection.request(method, path, body, {"Cookie": cookies, **(more or {})})
            answer = connection.getresponse()
            for name, value in answer.getheaders():
                if name.lower() == "set-cookie":
                    cookie, _space, _rest = value.partition(";")
                    self.cookies.update([cookie.split("=", 1)])  # type: ignore[list-item]
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()


FORM = "application/x-www-form-urlencoded"


def _multipart(fields: dict[str, Any], file: tuple[str, bytes]) -> tuple[bytes, str]:
    edge = uuid.uuid4().hex
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    name, content = file
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
    parts += [head.encode(), b"Content-Type: application/octet-stream\r\n\r\n", content, b"\r\n"]
    return b"".join([*parts, f"--{edge}--\r\n".encode()]), f"multipart/form-data; boundary={edge}"
