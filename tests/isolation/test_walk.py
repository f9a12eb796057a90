"""Every registered address, called as a member of one organisation with the keys of another.

Addresses come from the resolver, so that a new one is walked without being named here. One that needs a key of a kind
that KEYS does not know, or a body that BODIES does not have, fails.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver

from bailiwick.kernel.api.checks import walk
from bailiwick.kernel.testing.clients import with_key, with_session, with_token
from tests.worlds import World, contents

SAFE = ("GET", "HEAD", "OPTIONS")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
CREDENTIALS = {"session": with_session, "token": with_token, "key": with_key}

KEYS: dict[str, Callable[[World], UUID]] = {
    "passkey_id": lambda world: world.passkey.id,
    "session_id": lambda world: world.session.id,
    "member_id": lambda world: world.registered.member.id,
    "ticket_id": lambda world: world.registered.ticket.id,
    "recovery_id": lambda world: world.recovery.id,
    "program_id": lambda world: world.program.id,
    "key_id": lambda world: world.api_key.id,
    "grant_id": lambda world: world.grant.id,
    "slug": lambda world: world.organization.slug,
    "provider_id": lambda world: world.house.provider.id,
    "domain_id": lambda world: world.house.domain.id,
    "group_role_id": lambda world: world.directory.mapping.id,
    "scim_user_id": lambda world: world.directory.person.id,
    "scim_group_id": lambda world: world.directory.group.id,
    "import_id": lambda world: world.opened.id,
    "prediction_id": lambda world: world.held.id,
    "decision_id": lambda world: world.decision.id,
    "job_id": lambda world: world.job.id,
    "file_id": lambda world: world.file.id,
    "reason_id": lambda world: world.reason.id,
    "gold_id": lambda world: world.gold.id,
}
"""What stands for each parameter of an address."""

DOORS = ("accounts/login/<", "accounts/oidc/", "accounts/saml/")
"""Open to whoever is not signed in: what they show is told in the tests of federation."""

FORM = {"verdict": "reject", "outcome-266544": "confirmed"}
BODIES: dict[str, dict[str, Any]] = {
    "decision": {"verdict": "reject", "reasons": [{"reason_id": 266544, "decision": "confirmed"}]},
    "release": {},
    "renew": {},
    "skip": {"reason": "Somebody else knows better."},
    "escalate": {"reason": "The policy does not say."},
    "update": FORM,
}
"""A body that is in order, by a word of the address: else it would be refused before the key is looked at."""


def addresses(*, keyed: bool) -> Iterator[tuple[str, Any]]:
    for route, pattern in walk(get_resolver().url_patterns):
        if bool(pattern.pattern.converters) == keyed:
            yield route, pattern


def behind_doors() -> Iterator[tuple[str, Any]]:
    """Addresses with a key that are not for everybody."""
    return ((route, pattern) for route, pattern in addresses(keyed=True) if not route.startswith(DOORS))


def fill(route: str, pattern: Any, world: World | None) -> str:
    """The address with a world's keys, or with keys that exist nowhere."""
    path = f"/{route}"
    for name, converter in pattern.pattern.converters.items():
        assert name in KEYS, f"/{route}: say in KEYS what {name!r} stands for"
        placeholder = next(
            part for part in (f"<uuid:{name}>", f"<slug:{name}>", f"<str:{name}>", f"<{name}>") if part in path
        )
        path = path.replace(placeholder, str(converter.to_url(KEYS[name](world) if world else uuid4())))
    return path


def call(client: Client, method: str, path: str, world: World, body: dict[str, Any] | None = None) -> Any:
    """One request that carries the other's keys wherever a key could stand."""
    own = {
        "prediction": str(world.held.id),
        "prediction_id": str(world.held.id),
        "decision": str(world.decision.id),
        "membership": str(world.everybody.id),
        "member": str(world.everybody.id),
        "program": str(world.program.id),
        "organization_id": str(world.organization.id),
        "claim_token": world.token,
    }
    data = own | (body or {})
    if method in SAFE:
        return received(client.generic(method, path))
    if path.startswith("/api/"):
        return received(client.generic(method, path, json.dumps(data), "application/json"))
    return received(client.post(path, data) if method == "POST" else client.generic(method, path, json.dumps(data)))


def received(answer: Any) -> Any:
    """The answer, with all that it streams read to the end."""
    answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer


def plain(answer: Any) -> str:
    return answer.body.decode(errors="replace") + str(answer.headers)


def leaks(answer: Any, theirs: World, sent: str) -> set[str]:
    """What of the other organisation an answer shows, beyond what was sent along."""
    shown = plain(answer)
    return {secret for secret in theirs.keys | {theirs.mark, theirs.organization.name} if secret in shown} - {sent}


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
            if answer.status_code not in (404, 405) and method != "OPTIONS":
                faults.append(f"{method} {path}: {answer.status_code} {answer.body[:200]!r}")
            key = next(part for part in path.split("/") if len(part) == 36)
            if found := leaks(answer, theirs, key):
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
            if found := leaks(answer, theirs, ""):
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
