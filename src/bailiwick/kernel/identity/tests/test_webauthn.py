"""Passkeys without a door: which answers prove something."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from fido2.utils import websafe_encode
from hypothesis import given
from hypothesis import strategies as st

from bailiwick.kernel.identity.rules.webauthn import (
    NewKey,
    NotProved,
    RelyingParty,
    ask_for_known,
    ask_for_new,
    challenge_of,
    credential_of,
    handle_of,
    has_counted_on,
    read_known,
    read_new,
)
from bailiwick.kernel.testing.passkeys import FLAG, PROVED, Authenticator

HERE = RelyingParty("bailiwick.example", "https://bailiwick.example:8443")
ELSEWHERE = RelyingParty("evil.example", "https://evil.example")
PERSON, PLACE = UUID(int=1), UUID(int=2)


def ask(known: list[bytes] | None = None, party: RelyingParty = HERE) -> tuple[dict[str, Any], str]:
    return ask_for_new(party, handle=handle_of(PERSON, None), login="ada", name="Ada", known=known or [])


def enrolled(authenticator: Authenticator) -> NewKey:
    options, challenge = ask()
    return read_new(HERE, challenge, authenticator.create(options))


def at_home(**values: Any) -> Authenticator:
    return Authenticator(**{"origin": HERE.origin} | values)


def test_what_is_asked_for_stays_on_the_device_and_knows_its_person() -> None:
    options, challenge = ask([b"a key that is known"])
    assert options["rp"]["id"] == "bailiwick.example"
    assert options["challenge"] == challenge
    selection = options["authenticatorSelection"]
    assert (selection["residentKey"], selection["userVerification"]) == ("required", "required")
    assert [each["id"] for each in options["excludeCredentials"]] == [websafe_encode(b"a key that is known")]
    assert ask()[1] != ask()[1]


def test_a_sign_in_is_asked_for_without_saying_whose() -> None:
    options, _challenge = ask_for_known(HERE)
    assert "allowCredentials" not in options
    assert options["userVerification"] == "required"


def test_a_key_is_filed_apart_for_each_organisation_that_gave_it() -> None:
    handles = {handle_of(PERSON, None), handle_of(PERSON, PLACE), handle_of(PLACE, None)}
    assert len(handles) == 3
    assert all(len(handle) <= 64 for handle in handles)


def test_a_key_is_enrolled_and_used() -> None:
    authenticator = at_home()
    key = enrolled(authenticator)
    assert (key.credential_id, key.sign_count, key.transports) == (authenticator.credential_id, 1, ("internal",))
    options, challenge = ask_for_known(HERE)
    text = authenticator.get(options)
    assert credential_of(text) == authenticator.credential_id
    assert challenge_of(text) == challenge
    use = read_known(HERE, challenge, key.public_key, text)
    assert (use.sign_count, use.handle, use.is_backed_up) == (2, handle_of(PERSON, None), False)


BENT: dict[str, dict[str, Any]] = {
    "another origin": {"origin": "https://evil.example"},
    "another port": {"origin": "https://bailiwick.example"},
    "a subdomain": {"origin": "https://evil.bailiwick.example:8443"},
    "in a frame of another page": {"is_framed": True},
    "nobody was asked": {"flags": FLAG(0)},
    "nobody was recognised": {"flags": FLAG.UP},
    "backed up though it cannot be": {"flags": PROVED | FLAG.BS},
}


@pytest.mark.parametrize("values", BENT.values(), ids=BENT.keys())
def test_a_key_made_in_the_wrong_way_is_not_taken(values: dict[str, Any]) -> None:
    with pytest.raises(NotProved):
        enrolled(at_home(**values))


@pytest.mark.parametrize("values", BENT.values(), ids=BENT.keys())
def test_a_key_used_in_the_wrong_way_proves_nothing(values: dict[str, Any]) -> None:
    authenticator = at_home()
    key = enrolled(authenticator)
    for name, value in values.items():
        setattr(authenticator, name, value)
    options, challenge = ask_for_known(HERE)
    with pytest.raises(NotProved):
        read_known(HERE, challenge, key.public_key, authenticator.get(options))


def other_challenge(authenticator: Authenticator, options: dict[str, Any]) -> str:
    return authenticator.get(options | {"challenge": ask_for_known(HERE)[1]})


def other_host(authenticator: Authenticator, options: dict[str, Any]) -> str:
    return authenticator.get(options | {"rpId": "evil.example"})


def other_key(authenticator: Authenticator, options: dict[str, Any]) -> str:
    return at_home(credential_id=authenticator.credential_id, handle=authenticator.handle).get(options)


def unknown_key(authenticator: Authenticator, options: dict[str, Any]) -> str:
    return at_home().get(options)


def no_signature(authenticator: Authenticator, options: dict[str, Any]) -> str:
    return authenticator.get(options, signature=b"")


def a_registration(authenticator: Authenticator, options: dict[str, Any]) -> str:
    return authenticator.create(ask()[0] | {"challenge": options["challenge"]})


@pytest.mark.parametrize(
    "answer",
    [other_challenge, other_host, other_key, unknown_key, no_signature, a_registration],
    ids=lambda f: f.__name__,
)
def test_what_was_not_asked_for_proves_nothing(answer: Callable[[Authenticator, dict[str, Any]], str]) -> None:
    authenticator = at_home()
    key = enrolled(authenticator)
    options, challenge = ask_for_known(HERE)
    with pytest.raises(NotProved):
        read_known(HERE, challenge, key.public_key, answer(authenticator, options))


def test_a_use_is_no_registration() -> None:
    authenticator = at_home()
    enrolled(authenticator)
    options, challenge = ask_for_known(HERE)
    with pytest.raises(NotProved):
        read_new(HERE, challenge, authenticator.get(options))


def test_a_key_of_another_host_is_not_taken() -> None:
    options, challenge = ask(party=ELSEWHERE)
    with pytest.raises(NotProved):
        read_new(HERE, challenge, at_home().create(options))


@pytest.mark.parametrize(
    ("stored", "given", "is_right"),
    [(0, 0, True), (0, 1, True), (4, 5, True), (4, 4, False), (4, 3, False), (4, 0, False)],
)
def test_a_counter_only_moves_on(stored: int, given: int, is_right: bool) -> None:
    assert has_counted_on(stored, given) is is_right


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
PARTS = ("clientDataJSON", "authenticatorData", "signature", "userHandle", "attestationObject")


@given(st.sampled_from(PARTS), JSON | st.binary(max_size=60).map(websafe_encode))
def test_no_part_can_be_bent_into_a_failure_of_ours(part: str, value: Any) -> None:
    authenticator = at_home()
    key = enrolled(authenticator)
    options, challenge = ask_for_known(HERE)
    new, asked = ask()
    for text, read in (
        (authenticator.get(options), lambda text: read_known(HERE, challenge, key.public_key, text)),
        (authenticator.create(new), lambda text: read_new(HERE, asked, text)),
    ):
        answer = json.loads(text)
        is_part = part in answer["response"] and part != "userHandle"
        answer["response"][part] = value
        try:
            read(json.dumps(answer))
        except NotProved:
            continue
        assert not is_part, "the bent answer was taken"


@given(st.text(max_size=50) | JSON.map(json.dumps))
def test_no_text_is_a_failure_of_ours(text: str) -> None:
    for read in (credential_of, challenge_of):
        with pytest.raises(NotProved):
            read(text)
    with pytest.raises(NotProved):
        read_new(HERE, "AAAA", text)


@pytest.mark.parametrize("text", ["", "null", "[" * 5000, '{"rawId":"' + "A" * 30_000 + '"}'])
def test_what_is_empty_deep_or_long_is_refused(text: str) -> None:
    with pytest.raises(NotProved):
        credential_of(text)
