"""`bailiwick name-operator`: appointing and dismissing, as often as one likes, on record."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.identity.actions import create_user
from bailiwick.kernel.identity.actions.memberships import end_membership
from bailiwick.kernel.identity.models import Member, User
from bailiwick.kernel.operators.queries import list_places
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def olga() -> User:
    return create_user(username="olga", password=PASSWORD, first_name="Olga", last_name="Orlow")


def name(*arguments: str) -> str:
    said = StringIO()
    call_command("name_operator", *arguments, stdout=said)
    return said.getvalue().strip()


def counted() -> tuple[int, int, int]:
    with enter(get_installation_id()):
        events = Event.objects.filter(verb__in=["identity.member.added", "access.grant.given", "access.grant.ended"])
        return Member.objects.count(), Grant.objects.filter(revoked_at=None).count(), events.count()


def test_a_person_becomes_an_operator_once() -> None:
    assert name("OLGA") == "OLGA is an operator now."
    assert counted() == (1, 1, 2)
    assert name("olga") == "olga is an operator already."
    assert counted() == (1, 1, 2)
    assert [place.members for place in list_places("installation")] == [1]


def test_it_ends_and_can_begin_again() -> None:
    name("olga")
    assert name("olga", "--end") == "olga is no operator any more."
    assert name("olga", "--end") == "olga is no operator."
    assert counted() == (1, 0, 3)
    assert name("olga") == "olga is an operator now."


def test_whoever_had_left_the_installation_is_taken_back() -> None:
    name("olga")
    with enter(get_installation_id()):
        member = Member.objects.get()
        end_membership(ActorRef(get_installation_id(), None, "system"), member_id=member.id)
    name("olga")
    with enter(get_installation_id()):
        assert Member.objects.get().is_active


@pytest.mark.parametrize("arguments", [("nobody",), ("nobody", "--end"), ("olga", "--end")])
def test_nobody_of_that_login_is_said(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="Nobody who may sign in has this login"):
        name(*arguments)


def test_a_closed_person_is_not_named(olga: User) -> None:
    User.objects.filter(id=olga.id).update(is_active=False)
    with pytest.raises(CommandError):
        name("olga")
