"""Who comes from a new place, and whose password was changed, is told."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils.timezone import now

from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.identity.actions.devices import FORGOTTEN_AFTER, forget_old_devices
from bailiwick.kernel.identity.entry import DEVICE_COOKIE
from bailiwick.kernel.identity.mails import NOWHERE
from bailiwick.kernel.identity.models import Device, User
from bailiwick.kernel.identity.tests.entering import FIREFOX, LOGIN, NEW, SAFARI, page, token
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import PASSWORD, MakePerson


@pytest.mark.django_db
def test_a_browser_is_known_by_a_cookie_that_scripts_cannot_read(user: User, settings: Any) -> None:
    settings.SESSION_COOKIE_SECURE = True
    client = Client()
    answer = client.post(LOGIN, {"login": user.username, "password": PASSWORD}, secure=True)
    cookie = answer.cookies[DEVICE_COOKIE]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")
    assert len(cookie.value) == 43
    device = Device.objects.get(user=user)
    assert cookie.value.encode() not in bytes(device.digest)
    page(client, user.username, PASSWORD)
    assert Device.objects.get(user=user).id == device.id
    page(Client(), user.username, PASSWORD)
    assert Device.objects.filter(user=user).count() == 2


@pytest.mark.django_db
def test_a_cookie_that_somebody_planted_is_not_taken_over(user: User) -> None:
    client = Client()
    client.cookies[DEVICE_COOKIE] = "x" * 43
    answer = page(client, user.username, PASSWORD)
    assert answer.cookies[DEVICE_COOKIE].value not in ("", "x" * 43)


@pytest.mark.django_db
def test_a_browser_of_two_people_is_known_to_both(user: User, organization: Organization, person: MakePerson) -> None:
    client, other = Client(), person(organization)[0]
    for each in (user, other, user):
        page(client, each.username, PASSWORD)
    assert Device.objects.values("digest").distinct().count() == 1
    assert Device.objects.count() == 2


@pytest.mark.django_db
def test_what_nobody_came_from_for_long_is_forgotten(user: User) -> None:
    page(Client(), user.username, PASSWORD)
    page(Client(), user.username, PASSWORD)
    old = Device.objects.filter(user=user).earliest("id")
    Device.objects.filter(id=old.id).update(last_used_at=now() - FORGOTTEN_AFTER)
    assert forget_old_devices() == 1
    assert Device.objects.filter(user=user).count() == 1


def run_notices() -> None:
    installation_id = get_installation_id()
    with enter(installation_id):
        waiting = list(Job.objects.filter(kind="identity.notice", state="waiting").values_list("id", flat=True))
    for job_id in waiting:
        run_job(str(installation_id), str(job_id))


@pytest.fixture
def reachable(user: User) -> User:
    User.objects.filter(id=user.id).update(email="ada@example.org", first_name="Ada")
    return User.objects.get(id=user.id)


@pytest.mark.django_db(transaction=True)
def test_signing_in_from_a_new_device_is_mailed_once(reachable: User, organization: Organization) -> None:
    client = Client()
    for _ in range(2):
        page(client, reachable.username, PASSWORD)
    run_notices()
    [sent] = mail.outbox
    assert sent.to == ["ada@example.org"]
    text = str(sent.body)
    for part in (
        "Ada",
        "Firefox",
        "Linux",
        "192.0.2.1",
        "UTC",
        "http://testserver/accounts/sessions/",
        reachable.username,
    ):
        assert part in text
    with enter(organization.id):
        [event] = Event.objects.filter(verb="identity.device.added", subject_id=reachable.id)
    assert event.data == {"agent": FIREFOX, "address": "192.0.2.1"}


@pytest.mark.django_db(transaction=True)
def test_a_program_is_new_from_each_address_once(reachable: User) -> None:
    for place in ("192.0.2.1", "192.0.2.1", "192.0.2.2"):
        assert token(Client(), reachable.username, PASSWORD, place).status_code == 200
    run_notices()
    assert [place for sent in mail.outbox for place in re.findall(r"192\.0\.2\.\d", str(sent.body))] == [
        "192.0.2.1",
        "192.0.2.2",
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["de", ""])
def test_a_changed_password_is_mailed(reachable: User, organization: Organization, language: str) -> None:
    User.objects.filter(id=reachable.id).update(language=language, time_zone="Europe/Berlin")
    client = Client(headers={"user-agent": SAFARI})
    client.post(LOGIN, {"login": reachable.username, "password": PASSWORD})
    run_notices()
    mail.outbox.clear()
    changed = client.post("/accounts/password", {"current_password": PASSWORD, "new_password": NEW})
    assert changed.status_code == 302
    run_notices()
    [sent] = mail.outbox
    assert "Safari" in str(sent.body)
    assert "127.0.0.1" in str(sent.body)
    assert "CE" in str(sent.body), "the time is that of where they are"
    assert NEW not in str(sent.body)


@pytest.mark.django_db(transaction=True)
def test_a_password_changed_by_api_is_mailed(reachable: User) -> None:
    access = token(Client(), reachable.username, PASSWORD).json()["access"]
    run_notices()
    mail.outbox.clear()
    body = {"current_password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}
    client = Client(headers={"Authorization": f"Bearer {access}"})
    assert client.post("/api/auth/password/change/", body, "application/json").status_code == 200
    run_notices()
    assert [sent.to for sent in mail.outbox] == [["ada@example.org"]]


@pytest.mark.django_db(transaction=True)
def test_nobody_is_mailed_without_an_address_a_server_or_twice(reachable: User, settings: Any) -> None:
    page(Client(), reachable.username, PASSWORD)
    page(Client(), reachable.username, PASSWORD)
    settings.EMAIL_BACKEND = NOWHERE
    installation_id = get_installation_id()
    with enter(installation_id):
        first, second = Job.objects.filter(kind="identity.notice").order_by("id")
    run_job(str(installation_id), str(first.id))
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    User.objects.filter(id=reachable.id).update(email="")
    run_job(str(installation_id), str(second.id))
    run_job(str(installation_id), str(second.id))
    assert mail.outbox == []
