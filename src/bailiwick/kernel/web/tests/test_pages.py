"""The shell, and what is answered when something is wrong."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client, RequestFactory

from bailiwick.kernel.identity.actions import add_member
from bailiwick.kernel.identity.choices import MemberKind
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.web import errors
from bailiwick.kernel.web.middleware import POLICY

pytestmark = pytest.mark.django_db

PARTIAL = {"HX-Request": "true"}


@pytest.fixture
def colleague(organization: Any, member: Any) -> Any:
    return member(organization)


@pytest.fixture
def client(colleague: Any, session_client: Any) -> Client:
    return session_client(colleague)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_every_page_carries_the_policy_and_its_request_id(client: Client) -> None:
    answer = client.get("/", headers={"X-Request-ID": "given-by-the-caller"})
    assert answer["Content-Security-Policy"] == POLICY
    assert answer["X-Request-ID"] == "given-by-the-caller"


def test_the_documentation_of_the_api_has_a_policy_of_its_own(db: None) -> None:
    assert Client().get("/api/docs/")["Content-Security-Policy"] != POLICY


def test_no_page_has_inline_script_or_style(client: Client) -> None:
    for path in ("/", "/accounts/password", "/nothing-here"):
        page = text_of(client.get(path))
        assert " style=" not in page
        assert "<style" not in page
        assert " onclick=" not in page


def test_navigation_shows_what_a_member_may_open(organization: Any, member: Any, session_client: Any) -> None:
    stranger, reviewer = session_client(member(organization)), session_client(member(organization, "reviewer"))
    assert 'href="/review"' not in text_of(stranger.get("/"))
    assert 'href="/review"' in text_of(reviewer.get("/"))


@pytest.mark.parametrize(
    ("cookie", "painted"), [("dark", "dark"), ("light", "light"), ("auto", "light"), ("x", "light")]
)
def test_the_theme_is_rendered_from_the_cookie(client: Client, cookie: str, painted: str) -> None:
    client.cookies["bw_theme"] = cookie
    assert f'data-bs-theme="{painted}"' in text_of(client.get("/"))


def test_pages_speak_german(client: Client) -> None:
    page = text_of(client.get("/", headers={"Accept-Language": "de"}))
    assert "Mein Schreibtisch" in page
    assert '<html lang="de"' in page


def test_the_language_is_changed_by_a_form(client: Client) -> None:
    client.post("/language/", {"language": "de", "next": "/"})
    assert "Mein Schreibtisch" in text_of(client.get("/"))


def test_what_is_absent_is_answered_by_a_page_with_a_number_to_quote(client: Client) -> None:
    answer = client.get("/nothing-here")
    assert answer.status_code == 404
    assert answer["X-Request-ID"] in text_of(answer)


def test_a_part_is_refused_in_its_place(client: Client) -> None:
    answer = client.get("/review", headers=PARTIAL)
    assert answer.status_code == 403
    assert "<html" not in text_of(answer)
    assert answer["HX-Reswap"] == "innerHTML"


def test_a_part_for_nobody_is_401_and_not_a_page(db: None) -> None:
    assert Client().get("/", headers=PARTIAL).status_code == 401


def test_going_back_in_history_gets_the_whole_page(client: Client) -> None:
    headers = PARTIAL | {"HX-History-Restore-Request": "true"}
    assert "<html" in text_of(client.get("/", headers=headers))


def test_a_failure_of_ours_needs_neither_database_nor_shell(django_assert_num_queries: Any) -> None:
    request = RequestFactory().get("/")
    with django_assert_num_queries(0):
        answer = errors.server_error(request)
    assert answer.status_code == 500
    assert "Your last action was not stored" in text_of(answer)


def test_a_form_of_another_organisation_is_refused(client: Client, other_organization: Any) -> None:
    answer = client.post("/accounts/logout", {"organization": str(other_organization.id)})
    assert answer.status_code == 409
    assert "another organisation" in text_of(answer)
    assert client.get("/").status_code == 200


def test_switching_changes_the_organisation_of_the_session(
    client: Client, colleague: Any, other_organization: Any, actor_of: Any
) -> None:
    with enter(other_organization.id):
        there = add_member(
            actor_of(colleague).ref, name=colleague.name, kind=MemberKind.PERSON, user_id=colleague.user_id
        )
    assert client.post("/organization/", {"membership": str(there.id)})["Location"] == "/"
    assert other_organization.name in text_of(client.get("/")).split("<main")[0]


def test_nobody_switches_to_where_they_are_not_a_member(
    client: Client, organization: Any, other_organization: Any, member: Any
) -> None:
    for membership in (str(member(other_organization).id), str(uuid4()), "x", ""):
        assert client.post("/organization/", {"membership": membership}).status_code == 404
    assert organization.name in text_of(client.get("/"))


def test_next_says_when_nothing_waits(client: Client) -> None:
    assert "Nothing waits for you now." in text_of(client.post("/next/", follow=True))
