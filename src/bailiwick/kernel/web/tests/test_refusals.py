"""What is said when something is wrong: what happened, what was stored, what to do, and a number to quote."""

import re
from base64 import b64encode
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.management import call_command
from django.db import OperationalError
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import get_resolver
from django.utils.module_loading import import_string
from django.utils.translation import override

from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.web import errors


class Refused(DomainError):
    code = "web.refused"
    message = "Somebody else was first."


def asked(method: str = "get") -> Any:
    request: Any = getattr(RequestFactory(), method)("/records/", HTTP_REFERER="http://testserver/records/?page=2")
    request.request_id, request.actor, request.refusals = "request-of-a-test", None, []
    return request


def answer_of(status: int, *given: Any) -> HttpResponse:
    """What the installation answers outside of any view."""
    answer: HttpResponse = get_resolver().resolve_error_handler(status)(*given)
    return answer


def failing(error: Exception) -> HttpResponse:
    try:
        raise error
    except type(error):
        return answer_of(500, asked("post"))


def refused(status: int) -> HttpResponse:
    error = Refused()
    error.status = status
    return errors.refuse(asked("post"), error)


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 429, 500, 503])
def test_each_says_what_happened_what_was_stored_and_what_to_do(status: int) -> None:
    answer = {
        400: lambda: answer_of(400, asked("post"), ValueError()),
        403: lambda: import_string(settings.CSRF_FAILURE_VIEW)(asked("post")),
        404: lambda: answer_of(404, asked(), ValueError()),
        413: lambda: answer_of(400, asked("post"), RequestDataTooBig()),
        500: lambda: failing(ValueError()),
        503: lambda: failing(OperationalError()),
    }.get(status, lambda: refused(status))()
    page = answer.content.decode()
    assert answer.status_code == status
    assert "<h1" in page
    assert status == 404 or any(sentence in page for sentence in ("Nothing was", "nothing was stored", "not stored"))
    assert 'href="/"' in page
    assert "request-of-a-test" in page
    assert "UTC" in page


@pytest.mark.parametrize(("status", "offered"), [(409, True), (429, True), (503, True), (403, False)])
def test_the_page_before_is_offered_where_trying_again_helps(status: int, offered: bool) -> None:
    assert ("/records/?page=2" in refused(status).content.decode()) is offered


def test_another_sites_page_is_never_offered() -> None:
    request = asked("post")
    request.META["HTTP_REFERER"] = "http://testserver.example.org/"
    assert "example.org" not in errors.unavailable(request).content.decode()


def test_a_database_that_is_away_is_said_to_pass(django_assert_num_queries: Any, db: None) -> None:
    with django_assert_num_queries(0):
        answer = failing(OperationalError())
    assert answer["Retry-After"] == "5"


def test_the_page_for_a_reverse_proxy_stands_alone_and_speaks_every_language(tmp_path: Path) -> None:
    said = StringIO()
    call_command("write_offline_page", to=tmp_path / "deep" / "offline.html", stdout=said)
    page = Path(said.getvalue().strip()).read_text()
    for outside in ("src=", "url(", "<script", "<link", "/static/"):
        assert outside not in page
    for language in ("en", "de"):
        with override(language):
            assert f'<section lang="{language}">' in page
    [styles] = re.findall("<style>(.*)</style>", page, flags=re.DOTALL)
    digest = b64encode(sha256(styles.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in page
