"""What each method of an address needs is read from what it declares, and written down for people."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views import View

from bailiwick.kernel.api import matrix
from bailiwick.kernel.api.routes import both
from bailiwick.kernel.base.rights import MEMBER, OPEN, Declared, declare

Needs = Callable[..., dict[str, tuple[tuple[str, ...], ...]]]


class Grants(View):
    """A list that every member sees, and on whose rows something may be done."""

    right: ClassVar[Declared] = {"GET": MEMBER, "POST": ("access.manage", "jobs.manage")}
    http_method_names = ["get", "head", "post"]
    bulk = (SimpleNamespace(code="end", right="access.manage"), SimpleNamespace(code="print", right=""))

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    def post(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse()


class Forgotten(Grants):
    right = {"GET": "access.manage"}
    bulk = ()


class Managed(Grants):
    right = "jobs.manage"


@pytest.fixture
def needs(monkeypatch: pytest.MonkeyPatch) -> Needs:
    def of(*patterns: object) -> dict[str, tuple[tuple[str, ...], ...]]:
        monkeypatch.setattr(matrix, "get_resolver", lambda: SimpleNamespace(url_patterns=list(patterns)))
        return {str(each): each.needs for each in matrix.endpoints()}

    return of


def test_each_method_and_each_action_of_a_list_needs_its_own(needs: Needs) -> None:
    assert needs(path("grants/", Grants.as_view())) == {
        "GET /grants/": ((MEMBER,),),
        "POST /grants/": (("access.manage", "jobs.manage"),),
        "POST /grants/ end": ((MEMBER,), ("access.manage",)),
        "POST /grants/ print": ((MEMBER,),),
    }


def test_an_action_of_a_list_needs_sight_of_the_list_too(needs: Needs) -> None:
    found = needs(path("grants/", Managed.as_view()))
    assert found["POST /grants/ end"] == (("jobs.manage",), ("access.manage",))


def test_a_method_without_a_right_of_its_own_is_told_as_every_members(needs: Needs) -> None:
    assert needs(path("grants/", Forgotten.as_view()))["POST /grants/"] == ((MEMBER,),)


def test_with_and_without_the_last_slash_is_one_address(needs: Needs) -> None:
    opened = declare(OPEN)(lambda request: HttpResponse())
    found = needs(*both("a/", opened, "a"), path("b", opened))
    assert list(found) == ["GET /a/", "POST /a/", "GET /b", "POST /b"]


def test_one_right_of_each_need_is_enough_and_one_need_is_not() -> None:
    endpoint = matrix.Endpoint("x", "x", path("x", Grants.as_view()), "POST", "", (("a", "b"), ("c",)))
    assert endpoint.admits({"a", "c"}) and endpoint.admits({"b", "c"})
    assert not endpoint.admits({"a", "b"}) and not endpoint.admits({"c"}) and not endpoint.admits(())


def test_the_document_says_who_passes(settings: Any, tmp_path: Path) -> None:
    settings.ROOT_URLCONF = "bailiwick.config.urls"
    call_command("permissions", file=tmp_path / "permissions.md")
    lines = (tmp_path / "permissions.md").read_text().splitlines()
    assert "| `/settings/sign-in/` | GET, POST | `identity.policy` | `administrator` |" in lines
    assert "| `/health/live` | GET, POST |  | anybody |" in lines
    assert "| `/jobs/` | GET, POST |  | every member |" in lines
