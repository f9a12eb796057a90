"""Who one is, and in which language and zone pages speak to one."""

from typing import Any

import pytest
from django.test import Client

from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.identity.models import Member, User
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_key, with_session
from bailiwick.kernel.testing.factories import PASSWORD

pytestmark = pytest.mark.django_db

ME = "/accounts/me/"
GIVEN = {"first_name": "Ada", "last_name": "Byron", "email": "", "language": "", "time_zone": ""}


@pytest.fixture
def member(organization: Any, person: Any) -> Member:
    member: Member = person(organization)[1]
    return member


def test_one_changes_name_language_and_zone(member: Member) -> None:
    client = with_session(member)
    answer = client.post(ME, GIVEN | {"language": "de", "time_zone": "Asia/Tokyo"})
    assert answer["Location"] == ME
    user = User.objects.get(id=str(member.user_id))
    assert (user.full_name, user.language, user.time_zone) == ("Ada Byron", "de", "Asia/Tokyo")
    page = client.get(ME).content.decode()
    assert '<html lang="de"' in page
    assert 'data-zone="Asia/Tokyo"' in page
    with enter(member.organization_id):
        member.refresh_from_db()
        event = Event.objects.get(verb="identity.person.changed")
    assert member.name == "Ada Byron"
    assert set(event.data["changed"]) == {"first_name", "last_name", "language", "time_zone"}


def test_language_and_zone_wait_at_the_door(member: Member) -> None:
    User.objects.filter(id=str(member.user_id)).update(language="de", time_zone="Asia/Tokyo")
    client = Client()
    login = User.objects.get(id=str(member.user_id)).username
    client.post("/accounts/login", {"login": login, "password": PASSWORD})
    page = client.get(ME).content.decode()
    assert '<html lang="de"' in page
    assert 'data-zone="Asia/Tokyo"' in page


def test_left_to_the_browser_it_is_the_browsers(member: Member) -> None:
    client = with_session(member)
    client.post(ME, GIVEN | {"language": "de"})
    client.post(ME, GIVEN)
    assert '<html lang="en"' in client.get(ME).content.decode()


@pytest.mark.parametrize(("password", "status"), [("", 422), ("wrong", 422), (PASSWORD, 302)])
def test_a_new_mail_address_takes_the_password(member: Member, password: str, status: int) -> None:
    form = GIVEN | {"email": "ada@example.org", "current_password": password}
    assert with_session(member).post(ME, form).status_code == status
    assert User.objects.get(id=str(member.user_id)).email == ("ada@example.org" if status == 302 else "")


@pytest.mark.parametrize("wrong", [{"time_zone": "Mars/Olympus"}, {"language": "xx"}, {"email": "nothing"}])
def test_what_there_is_not_is_refused(member: Member, wrong: dict[str, str]) -> None:
    answer = with_session(member).post(ME, GIVEN | wrong)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()


def test_a_program_is_no_person(member: Member) -> None:
    assert with_key(member).get(ME).status_code == 403
