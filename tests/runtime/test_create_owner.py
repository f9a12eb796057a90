"""`bailiwick create-owner`: how an installation gets its first person."""

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from bailiwick.kernel.access.management.commands import create_owner
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.identity.models import User
from bailiwick.kernel.identity.queries import find_member
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.queries import get_organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for

PASSWORD = "a sentence that nobody else has"
ADA = ("--organization", "acme-1", "--login", "ada", "--name", "Ada King Lovelace", "--mail", "ada@example.org")

pytestmark = pytest.mark.django_db
Make = Callable[..., str]


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Make:
    """Run the command with a password on standard input and return what it said."""

    def run(*arguments: str, password: str = PASSWORD) -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
        said = io.StringIO()
        call_command("create_owner", *arguments, stdout=said)
        return said.getvalue()

    return run


def test_the_owner_signs_in_holds_every_right_and_may_give_it_on(make: Make) -> None:
    said = make(*ADA, "--organization-name", "Acme Works")
    assert "Ada King Lovelace may do everything in Acme Works." in said
    credentials = {"username": "ADA", "password": PASSWORD}
    answer = Client().post("/api/auth/token/", json.dumps(credentials), "application/json")
    assert answer.status_code == 200
    organization = get_organization("acme-1")
    with enter(organization.id):
        member = find_member("ada")
        assert member
        actor = actor_for(member)
        events = list(Event.objects.order_by("id").values_list("verb", "credential", "member_id"))
    assert actor.rights == {right for role in registry().roles.values() for right in role.rights}
    assert actor.roles
    assert User.objects.get(username="ada").email == "ada@example.org"
    given = [("access.grant.given", "system", None)] * len(actor.roles)
    assert events[:-2] == [("identity.member.added", "system", None), *given]
    assert said.count("to pass on") == len(actor.roles)


def test_what_is_there_already_is_kept_and_said(make: Make) -> None:
    make(*ADA)
    before = User.objects.get(username="ada")
    said = make(*ADA[:4], "--name", "Somebody Else", "--organization-name", "Other", password="never asked")
    assert "ada is a member already; name and password stay." in said
    assert "The organisation acme-1 is there already; its name stays." in said
    assert "Gave" not in said
    after = User.objects.get(username="ada")
    assert (after.full_name, after.password) == (before.full_name, before.password)
    assert Organization.objects.filter(slug="acme-1").count() == 1


def test_a_person_of_another_organisation_joins_with_their_own_password(make: Make) -> None:
    make(*ADA)
    said = make("--organization", "second-1", *ADA[2:], password="never asked")
    assert "ada is there already; name and password stay." in said
    assert "Ada King Lovelace may do everything in Second 1." in said
    assert User.objects.get(username="ada").check_password(PASSWORD)


@pytest.mark.parametrize(
    ("changed", "password", "sentence"),
    [
        ((), "short", "too short"),
        ((), "ada@example.org1", "guessed too soon"),
        (("--organization", "not a slug"), PASSWORD, "valid"),
        (("--organization", "installation"), PASSWORD, "installation's own"),
        (("--mail", "nowhere"), PASSWORD, "valid"),
        (("--login", ""), PASSWORD, "login"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_leaves_nothing(
    make: Make, changed: tuple[str, ...], password: str, sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        make(*ADA, *changed, password=password)
    assert not User.objects.filter(username="ada").exists()
    assert not Organization.objects.filter(slug="acme-1").exists()


def test_a_closed_person_is_not_made_an_owner(make: Make) -> None:
    make(*ADA)
    User.objects.filter(username="ada").update(is_active=False)
    with pytest.raises(CommandError, match="closed"):
        make(*ADA)


def test_at_a_terminal_the_password_is_asked_twice_and_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    typed = iter([PASSWORD, PASSWORD + "!", PASSWORD, PASSWORD])
    asked: list[Any] = []
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr(create_owner, "getpass", lambda prompt: asked.append(prompt) or next(typed))
    with pytest.raises(CommandError, match="differ"):
        call_command("create_owner", *ADA, stdout=io.StringIO())
    call_command("create_owner", *ADA, stdout=io.StringIO())
    assert len(asked) == 4
