"""An address without a declared right keeps the server from starting."""

from types import SimpleNamespace

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views import View

from bailiwick.kernel.api import checks
from bailiwick.kernel.base.rights import MEMBER, OPEN, declare


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


class Declared(View):
    right = {"GET": MEMBER, "POST": "access.manage"}


class Misspelt(View):
    right = "access.mange"


def problems(monkeypatch: pytest.MonkeyPatch, *patterns: object) -> list[tuple[str, str]]:
    monkeypatch.setattr(checks, "get_resolver", lambda: SimpleNamespace(url_patterns=list(patterns)))
    return [(problem.id or "", problem.msg.split()[0]) for problem in checks.check_rights()]


def test_what_declares_nothing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    nested = path("shop/", include([path("page", page), path("view", View.as_view())]))
    assert problems(monkeypatch, nested) == [("api.E001", "/shop/page"), ("api.E001", "/shop/view")]


def test_a_right_that_nobody_registers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert problems(monkeypatch, path("view", Misspelt.as_view())) == [("api.E002", "/view")]


def test_declared_rights_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = declare(OPEN)(lambda request: HttpResponse())
    assert problems(monkeypatch, path("a", Declared.as_view()), path("b", opened)) == []


def test_every_real_address_passes(settings: object) -> None:
    settings.ROOT_URLCONF = "bailiwick.config.urls"  # type: ignore[attr-defined]
    assert checks.check_rights() == []
