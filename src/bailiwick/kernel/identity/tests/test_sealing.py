"""Secrets at rest change their key wherever they stand, and stay what they are."""

from dataclasses import astuple
from itertools import islice
from typing import Any

import pytest
from django.db.models import BinaryField
from django.db.models.functions import Cast

from bailiwick.kernel.audit.models import Change, Event
from bailiwick.kernel.base.vault import NotOpened, new_key
from bailiwick.kernel.federation.choices import ProviderKind
from bailiwick.kernel.federation.models import Provider
from bailiwick.kernel.identity.actions.sealing import reseal_secrets
from bailiwick.kernel.identity.models import Member, Totp
from bailiwick.kernel.identity.queries import sealing as reading
from bailiwick.kernel.identity.queries.sealing import count_sealed
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import new_member, new_organization

TOTP, PROVIDER = "identity.Totp.secret", "federation.Provider.secret"


@pytest.fixture
def newer(settings: Any) -> str:
    """The key that comes; an older one seals at first."""
    settings.ENCRYPTION_KEYS = [new_key()]
    return new_key()


@pytest.fixture
def people(newer: str, db: None) -> list[Member]:
    """Each with an application that shows codes, in organisations with a provider that has a secret."""
    members = [new_member(new_organization()) for _ in range(3)]
    for number, member in enumerate(members):
        Totp.objects.create(user_id=member.user_id, secret=f"seed {number}")
        with enter(member.organization_id):
            Provider.objects.create(kind=ProviderKind.OIDC, name="With", secret=f"secret {number}")
            Provider.objects.create(kind=ProviderKind.SAML, name="Without")
    return members


def secrets_of(people: list[Member]) -> list[tuple[str, str]]:
    found = []
    for member in people:
        with enter(member.organization_id):
            provider = Provider.objects.get(name="With")
            assert Provider.objects.get(name="Without").secret == ""
        found.append((Totp.objects.get(user_id=member.user_id).secret, provider.secret))
    return found


def stored(member: Member) -> bytes:
    rows = Totp.objects.filter(user_id=member.user_id)
    [content] = rows.values_list(Cast("secret", BinaryField()), flat=True)
    return bytes(content)


def test_everything_is_sealed_anew_and_opens_without_the_older_key(
    people: list[Member], newer: str, settings: Any
) -> None:
    settings.ENCRYPTION_KEYS = [newer, *settings.ENCRYPTION_KEYS]
    before = secrets_of(people)
    told = {tally.place: astuple(tally)[1:] for tally in reseal_secrets()}
    assert told[TOTP] == told[PROVIDER] == (3, 3, 0)
    settings.ENCRYPTION_KEYS = [newer]
    assert secrets_of(people) == before == [(f"seed {n}", f"secret {n}") for n in range(3)]
    kept = [stored(member) for member in people]
    assert {tally.place: astuple(tally)[1:] for tally in reseal_secrets()}[TOTP] == (3, 0, 0)
    assert [stored(member) for member in people] == kept
    with enter(get_installation_id()):
        events = Event.objects.filter(verb="identity.secrets.resealed").values_list("data", flat=True)
        assert {event["place"]: event["count"] for event in events} == {TOTP: 3, PROVIDER: 3}


def test_a_place_larger_than_a_batch_is_gone_through_and_an_interruption_is_taken_up(
    people: list[Member], newer: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BATCH", 2)
    settings.ENCRYPTION_KEYS = [newer, *settings.ENCRYPTION_KEYS]
    list(islice(reseal_secrets(), 1))
    assert sum(tally.older for tally in count_sealed()) == 3
    assert sum(tally.resealed for tally in reseal_secrets()) == 3
    assert [tally for tally in count_sealed() if tally.older or tally.closed] == []


def test_what_no_key_opens_is_told_and_left_as_it_is(people: list[Member], newer: str, settings: Any) -> None:
    kept = stored(people[0])
    settings.ENCRYPTION_KEYS = [newer]
    assert {tally.place: (tally.count, tally.closed) for tally in count_sealed()}[PROVIDER] == (3, 3)
    assert {tally.place: (tally.resealed, tally.closed) for tally in reseal_secrets()}[TOTP] == (0, 3)
    assert stored(people[0]) == kept
    with pytest.raises(NotOpened):
        Totp.objects.get(user_id=people[0].user_id)


def test_history_shows_that_a_secret_changed_and_not_to_what(people: list[Member], newer: str, settings: Any) -> None:
    settings.ENCRYPTION_KEYS = [newer, *settings.ENCRYPTION_KEYS]
    list(reseal_secrets())
    with enter(people[0].organization_id):
        [change] = Change.objects.filter(table_name="federation_provider", operation="UPDATE")
    assert change.columns == {"secret": ["***", "***"]}
