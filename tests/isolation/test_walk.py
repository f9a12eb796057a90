"""Every registered address, called as a member of one organisation with the keys of another.

What stands for the keys and the bodies of a new address is said in addresses.py.
"""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client

from bailiwick.kernel.testing.clients import with_key, with_session, with_token
from tests.isolation.addresses import BODIES, OPERATORS, SAFE, UNSAFE, addresses, call, fill, received
from tests.worlds import World, contents

CREDENTIALS = {"session": with_session, "token": with_token, "key": with_key}

DOORS = ("accounts/login/<", "accounts/oidc/", "accounts/saml/")
"""Open to whoever is not signed in: what they show is told in the tests of federation."""

EMPTY = ("api/patient-status/history/",)
"""Where nothing is, these answer with an empty list: so it is published."""


def behind_doors() -> Iterator[tuple[str, Any]]:
    """Addresses with a key that are not for everybody."""
    return ((route, pattern) for route, pattern in addresses(keyed=True) if not route.startswith(DOORS))


def plain(answer: Any) -> str:
    return answer.body.decode(errors="replace") + str(answer.headers)


def leaks(answer: Any, theirs: World, *sent: str) -> set[str]:
    """What of the other organisation an answer shows, beyond what was sent along."""
    shown = plain(answer)
    return {secret for secret in theirs.keys | {theirs.mark, theirs.organization.name} if secret in shown} - {*sent}


@pytest.fixture
def as_member(mine: World, credential: str) -> Callable[[], Client]:
    """A fresh client each time, because walking signs out too."""
    return lambda: CREDENTIALS[credential](mine.everybody, raise_request_exception=False)


@pytest.mark.parametrize("credential", CREDENTIALS)
def test_with_the_keys_of_another_organisation_every_address_is_404_and_nothing_changes(
    mine: World, theirs: World, as_member: Callable[[], Client]
) -> None:
    before, faults, seen_404 = contents(theirs), [], 0
    for route, pattern in behind_doors():
        path, nowhere = fill(route, pattern, theirs), fill(route, pattern, None)
        body = next((body for word, body in BODIES.items() if word in route), None)
        for method in (*SAFE, *UNSAFE):
            answer = call(as_member(), method, path, theirs, body)
            absent = call(as_member(), method, nowhere, theirs, body)
            if answer.status_code != absent.status_code:
                faults.append(f"{method} {path}: {answer.status_code}, and {absent.status_code} where nothing is")
            is_empty = route.startswith(EMPTY) and answer.body in (b"", b"[]")
            if answer.status_code not in (404, 405) and method != "OPTIONS" and not is_empty:
                faults.append(f"{method} {path}: {answer.status_code} {answer.body[:200]!r}")
            keys = [part for part in path.split("/") if len(part) == 36]
            if found := leaks(answer, theirs, *keys):
                faults.append(f"{method} {path} shows {found}")
            seen_404 += answer.status_code == 404
    assert not faults, "\n".join(faults)
    assert seen_404 >= 10
    assert contents(theirs) == before


@pytest.mark.parametrize("credential", CREDENTIALS)
def test_with_the_own_keys_the_same_addresses_answer(mine: World, as_member: Callable[[], Client]) -> None:
    """Else the walk above would prove nothing."""
    answered = {
        route: call(as_member(), "GET", fill(route, pattern, mine), mine).status_code
        for route, pattern in behind_doors()
        if not route.startswith(OPERATORS)
    }
    assert 200 in answered.values()
    assert set(answered.values()) <= {200, 405}, answered


@pytest.mark.parametrize("credential", CREDENTIALS)
def test_addresses_without_a_key_show_and_change_nothing_of_another_organisation(
    mine: World, theirs: World, as_member: Callable[[], Client]
) -> None:
    cache.clear()
    before, faults, answered = contents(theirs), [], 0
    for route, _pattern in addresses(keyed=False):
        for method in (*SAFE, *UNSAFE):
            answer = call(as_member(), method, f"/{route}", theirs)
            if answer.status_code >= 500:
                faults.append(f"{method} /{route}: {answer.status_code}")
            if found := leaks(answer, theirs):
                faults.append(f"{method} /{route} shows {found}")
            answered += answer.status_code == 200 and mine.mark in plain(answer)
    assert not faults, "\n".join(faults)
    assert answered >= 2, "the own rows were shown nowhere: the walk would prove nothing"
    assert contents(theirs) == before


FILTERS = ("?q={mark}", "?state=waiting", "?model={mark} 0", "?product_id={mark}", "?ordering=-id")


@pytest.mark.parametrize("credential", CREDENTIALS)
def test_filters_find_nothing_of_another_organisation(theirs: World, as_member: Callable[[], Client]) -> None:
    client = as_member()
    for path in ("/rejection-reasons/", "/api/predictions/"):
        for query in FILTERS:
            answer = received(client.get(path + query.format(mark=theirs.mark)))
            assert not leaks(answer, theirs, theirs.mark), query


def test_a_form_of_one_organisation_is_refused_in_another(mine: World, theirs: World) -> None:
    client = with_session(mine.everybody)
    before = contents(theirs), contents(mine)
    answer = client.post("/review/next/", {"organization": str(theirs.organization.id)})
    assert answer.status_code == 409
    assert (contents(theirs), contents(mine)) == before


def test_nobody_switches_to_an_organisation_without_being_a_member(mine: World, theirs: World) -> None:
    client = with_session(mine.everybody)
    assert client.post("/organization/", {"membership": str(theirs.everybody.id)}).status_code == 404
    assert theirs.mark not in client.get("/rejection-reasons/").content.decode()


def test_a_session_that_names_another_organisation_is_nobody_there(mine: World, theirs: World) -> None:
    client = with_session(mine.everybody)
    session = client.session
    session["signed_in"] = session["signed_in"] | {"organization": str(theirs.organization.id)}
    session.save()
    assert theirs.mark not in client.get("/rejection-reasons/").content.decode()
    for unknown in (str(uuid4()), str(theirs.everybody.id)):
        session["signed_in"] = {"session": unknown}
        session.save()
        assert client.get("/rejection-reasons/").status_code == 302
