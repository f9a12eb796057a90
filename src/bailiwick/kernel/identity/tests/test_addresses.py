"""A mail address is confirmed by whoever has both the account and the mailbox."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.identity import links
from bailiwick.kernel.identity.actions import reset_password
from bailiwick.kernel.identity.links import make_address_link, make_link
from bailiwick.kernel.identity.mails import NOWHERE
from bailiwick.kernel.identity.models import Member, User
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_key, with_session, with_token
from bailiwick.kernel.testing.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)

ME, CONFIRM, AGAIN = "/accounts/me/", "/accounts/mail/confirm/", "/accounts/mail/send/"
ADA, BOB = "ada@example.org", "bob@example.org"


def change(client: Client, address: str) -> Any:
    return client.post(ME, {"first_name": "Ada", "email": address, "current_password": PASSWORD})


def asked() -> int:
    """Runs the jobs that mail a link to confirm an address; how many there were ever."""
    installation_id = get_installation_id()
    with enter(installation_id):
        jobs = list(Job.objects.filter(kind="identity.address_link").order_by("submitted_at"))
    for job in jobs:
        run_job(str(installation_id), str(job.id))
    return len(jobs)


def mailed() -> str:
    found = re.search(r"http://testserver(/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def submit(client: Client, address: str) -> int:
    link = parse_qs(urlsplit(address).query)["link"][0]
    return client.post(CONFIRM, {"link": link}).status_code


def is_confirmed(user: User) -> bool:
    user.refresh_from_db()
    return user.email_confirmed_at is not None


@pytest.fixture
def written(mine: Client, user: User) -> str:
    """The address of the link, once somebody has written a mail address for themselves."""
    assert change(mine, ADA).status_code == 302
    assert asked() == 1
    user.refresh_from_db()
    return mailed()


def test_a_new_address_is_confirmed_by_the_link_that_is_mailed_there(mine: Client, user: User, written: str) -> None:
    assert mail.outbox[-1].to == [ADA]
    assert user.username in mail.outbox[-1].body
    assert "not confirmed yet" in mine.get(ME).content.decode()
    for _look in range(2):
        page = mine.get(written)
        assert page.status_code == 200 and ADA in page.content.decode()
    assert not is_confirmed(user)
    assert submit(mine, written) == 302
    assert is_confirmed(user)
    assert "not confirmed yet" not in mine.get(ME).content.decode()


def test_it_is_on_record_and_the_link_is_kept_nowhere(mine: Client, member: Member, user: User, written: str) -> None:
    submit(mine, written)
    secret = parse_qs(urlsplit(written).query)["link"][0]
    with enter(member.organization_id):
        assert Event.objects.filter(verb="identity.address.confirmed", subject_id=user.id).count() == 1
    with enter(get_installation_id()):
        job = Job.objects.get(kind="identity.address_link")
        events = Event.objects.filter(verb="identity.address.asked", subject_id=user.id)
        assert events.count() == 1
        assert secret not in f"{job.arguments}{job.position}{job.result}{[each.data for each in events]}"


def test_a_link_confirms_once(mine: Client, user: User, written: str) -> None:
    assert submit(mine, written) == 302
    confirmed_at = User.objects.get(id=user.id).email_confirmed_at
    assert mine.get(written).status_code == 410
    assert submit(mine, written) == 410
    assert User.objects.get(id=user.id).email_confirmed_at == confirmed_at


def test_whose_address_was_taken_cannot_confirm_it_for_whoever_took_it(
    user: User, organization: Any, person: Any, written: str
) -> None:
    """Not even where their own address is the same, and they follow the link that they were mailed."""
    other, other_member = person(organization)
    User.objects.filter(id=other.id).update(email=ADA)
    for client in (with_session(other_member), Client()):
        answer = client.get(written)
        assert answer.status_code == (410 if client.cookies else 302)
        assert submit(client, written) in (302, 410)
    assert not is_confirmed(user)
    assert not is_confirmed(other)


def test_a_link_ends_after_a_day(mine: Client, user: User, written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "ADDRESS_LINK_LIFE", timedelta(seconds=-1))
    assert mine.get(written).status_code == 410
    assert submit(mine, written) == 410
    assert not is_confirmed(user)


def test_a_link_ends_when_the_address_is_changed_again(mine: Client, user: User, written: str) -> None:
    change(mine, BOB)
    assert submit(mine, written) == 410
    assert not is_confirmed(user)


def test_changing_a_confirmed_address_takes_the_confirmation_away(mine: Client, user: User, written: str) -> None:
    submit(mine, written)
    mine.post(ME, {"first_name": "Augusta", "email": ADA})
    assert is_confirmed(user)
    change(mine, BOB)
    assert not is_confirmed(user)
    change(mine, "")
    assert "not confirmed yet" not in mine.get(ME).content.decode()


@pytest.mark.parametrize("link", ["", "x", "\x00", ":", "a:b", "é:é", "9" * 3000])
def test_what_is_no_link_is_refused_with_a_way_on(mine: Client, user: User, written: str, link: str) -> None:
    answer = mine.post(CONFIRM, {"link": link})
    assert answer.status_code == 410
    assert f'href="{ME}"' in answer.content.decode()
    assert mine.get(CONFIRM, {"link": link}).status_code in (400, 410)
    assert not is_confirmed(user)


def test_a_link_to_a_new_password_confirms_no_address_by_itself(mine: Client, user: User, written: str) -> None:
    assert mine.post(CONFIRM, {"link": make_link(user)}).status_code == 410
    assert Client().post("/accounts/password/new/", {"link": make_address_link(user)}).status_code in (410, 422)
    assert not is_confirmed(user)


def test_setting_a_new_password_by_a_mailed_link_confirms_where_it_was_mailed(user: User, written: str) -> None:
    reset_password(link=make_link(user), new="another sentence that is long enough", request_id="request-of-a-test")
    assert is_confirmed(user)


def test_the_link_is_sent_again_but_no_mailbox_is_flooded(mine: Client, user: User, written: str) -> None:
    assert "/accounts/mail/send/" in mine.get(ME).content.decode()
    assert [mine.post(AGAIN).status_code for _ in range(5)] == [302] * 4 + [429]
    assert asked() == 5
    assert len(mail.outbox) == 5
    assert submit(mine, written) == 302
    cache.clear()
    assert mine.post(AGAIN).status_code == 302
    assert asked() == 5


def test_a_change_by_the_api_is_mailed_and_not_confirmed_either(member: Member, user: User) -> None:
    change_by_api = {"email": ADA, "current_password": PASSWORD}
    answer = with_token(member).patch("/api/auth/profile/update/", change_by_api, content_type="application/json")
    assert answer.status_code == 200
    assert asked() == 1
    assert mail.outbox[-1].to == [ADA]
    assert not is_confirmed(user)


def test_an_installation_without_mail_says_so(mine: Client, user: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = NOWHERE
    change(mine, ADA)
    mine.post(AGAIN)
    assert asked() == 0
    page = mine.get(ME).content.decode()
    assert "sends no mail" in page and AGAIN not in page


def test_a_program_has_no_address(member: Member) -> None:
    client = with_key(member)
    assert client.get(CONFIRM).status_code == client.post(CONFIRM).status_code == client.post(AGAIN).status_code == 403
