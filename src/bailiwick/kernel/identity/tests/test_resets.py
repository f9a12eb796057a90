"""A new password by a mailed link."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils.translation import get_language

from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.identity import mails
from bailiwick.kernel.identity.actions import change_password, reset_password
from bailiwick.kernel.identity.errors import LinkNotValid
from bailiwick.kernel.identity.links import is_valid, make_link, person_of
from bailiwick.kernel.identity.mails import NOWHERE
from bailiwick.kernel.identity.models import Member, User
from bailiwick.kernel.identity.tasks import mail_links
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import acting_in, session_of
from bailiwick.kernel.testing.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)

FORGOTTEN = "/accounts/password/forgotten/"
NEW = "/accounts/password/new/"
SENTENCE = "another sentence that is long enough"


@pytest.fixture
def user(organization: Any, person: Any) -> User:
    user: User = person(organization)[0]
    User.objects.filter(id=user.id).update(email="ada@example.org")
    user.refresh_from_db()
    return user


def ask(wanted: str, **headers: str) -> str:
    """Asks for a link and runs the job that this leaves; the page that answers, without its number and token."""
    answer = Client().post(FORGOTTEN, {"wanted": wanted}, headers=headers)
    assert answer.status_code == 200, answer.content
    installation_id = get_installation_id()
    with enter(installation_id):
        job = Job.objects.filter(kind="identity.links").latest("submitted_at")
    run_job(str(installation_id), str(job.id))
    return answer.content.decode()


def mailed_link() -> str:
    found = re.search(r"http://testserver(/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def submit(address: str, new: str = SENTENCE) -> Any:
    link = parse_qs(urlsplit(address).query)["link"][0]
    return Client().post(NEW, {"link": link, "new_password": new})


def opens(user: User, password: str) -> bool:
    cache.clear()
    return Client().post("/accounts/login", {"login": user.username, "password": password}).status_code == 302


@pytest.mark.parametrize("by", ["username", "email"])
def test_a_forgotten_password_is_replaced_by_a_mailed_link_once(user: User, by: str) -> None:
    ask(str(getattr(user, by)).upper())
    assert mail.outbox[-1].to == ["ada@example.org"]
    address = mailed_link()
    assert user.username in Client().get(address).content.decode()
    assert submit(address).status_code == 302
    assert opens(user, SENTENCE)
    assert not opens(user, PASSWORD)
    assert submit(address, "a third sentence, long enough").status_code == 410
    assert Client().get(address).status_code == 410
    assert opens(user, SENTENCE)


def test_who_is_known_is_not_told(user: User) -> None:
    assert ask(user.username) == ask("nobody-is-called-that")
    User.objects.filter(id=user.id).update(is_active=False)
    ask(user.username)
    assert len(mail.outbox) == 1


def test_neither_the_job_nor_an_event_holds_the_link(user: User) -> None:
    ask(user.username)
    secret = parse_qs(urlsplit(mailed_link()).query)["link"][0]
    with enter(get_installation_id()):
        job = Job.objects.filter(kind="identity.links").latest("submitted_at")
        events = Event.objects.filter(verb="identity.password.asked", subject_id=user.id)
        assert events.count() == 1
        assert secret not in f"{job.arguments}{job.position}{job.result}{[each.data for each in events]}"


def test_a_new_password_ends_every_session_and_is_recorded(user: User) -> None:
    client = Client()
    client.post("/accounts/login", {"login": user.username, "password": PASSWORD})
    assert client.get("/").status_code == 200
    ask(user.username)
    submit(mailed_link())
    assert client.get("/").status_code == 302
    with enter(get_installation_id()):
        assert Event.objects.filter(verb="identity.password.reset", subject_id=user.id).exists()


def test_a_weak_password_is_refused_and_the_link_still_works(user: User) -> None:
    ask(user.username)
    for weak in ("short", "password1234", ""):
        answer = submit(mailed_link(), weak)
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.content.decode()
    assert submit(mailed_link()).status_code == 302


@pytest.mark.parametrize("change", ["password", "email", "age", "text"])
def test_a_link_ends_with_what_it_was_made_for(user: User, settings: Any, change: str) -> None:
    link = make_link(user)
    assert is_valid(link, user)
    assert person_of(link) == user.id
    if change == "password":
        user.set_password(SENTENCE)
    elif change == "email":
        user.email = "somebody@example.org"
    elif change == "age":
        settings.PASSWORD_RESET_TIMEOUT = -1
    else:
        link = link[:-1] + ("0" if link[-1] != "0" else "1")
    user.save()
    with pytest.raises(LinkNotValid):
        reset_password(link=link, new=SENTENCE, request_id="request-of-a-test")


@pytest.mark.parametrize("link", ["", "x", "\x00", "0" * 32, "-", "é-é"])
def test_what_is_no_link_is_refused_with_a_way_on(db: None, link: str) -> None:
    answer = Client().post(NEW, {"link": link, "new_password": SENTENCE})
    assert answer.status_code == 410
    assert FORGOTTEN in answer.content.decode()


def test_the_mail_speaks_the_persons_language(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    spoken: list[str | None] = []
    monkeypatch.setattr(mails, "send_mail", lambda *given: spoken.append(get_language()))
    ask(user.username, **{"Accept-Language": "de"})
    User.objects.filter(id=user.id).update(language="en")
    ask(user.username, **{"Accept-Language": "de"})
    assert spoken == ["de", "en"]


def test_one_mailbox_is_not_flooded(user: User) -> None:
    answers = [Client().post(FORGOTTEN, {"wanted": user.username}).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]
    assert Client().post(FORGOTTEN, {"wanted": "another"}).status_code == 200


def test_an_installation_without_mail_says_so(user: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = NOWHERE
    assert FORGOTTEN not in Client().get("/accounts/login").content.decode()
    assert "sends no mail" in Client().get(FORGOTTEN).content.decode()
    assert Client().post(FORGOTTEN, {"wanted": user.username}).status_code == 422


def test_a_try_after_a_failure_mails_only_who_is_left(user: User, organization: Any, person: Any) -> None:
    second: User = person(organization)[0]
    User.objects.filter(id=second.id).update(email="bob@example.org")

    class Half:
        arguments = {"people": [str(user.id), str(second.id)], "address": "https://x.example", "language": "en"}
        position = {"mailed": 1}

        def read(self) -> Any:
            return enter(get_installation_id())

        step = read

    mail_links(Half())
    assert [each.to for each in mail.outbox] == [["bob@example.org"]]


def test_changing_the_password_ends_links(user: User, organization: Any) -> None:
    link = make_link(user)
    with enter(organization.id):
        actor = acting_in(session_of(Member.objects.get(user_id=user.id)))
        change_password(actor, current=PASSWORD, new=SENTENCE)
    user.refresh_from_db()
    assert not is_valid(link, user)
