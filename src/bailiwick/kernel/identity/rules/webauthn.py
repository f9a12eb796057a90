"""Passkeys: what is asked of a browser, and whether its answer proves anything (WebAuthn Level 3, section 7)."""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from cryptography.exceptions import UnsupportedAlgorithm
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    CollectedClientData,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

NAME = "Bailiwick"
LONGEST = 20_000
"""Characters of an answer; one with a long attestation has some 6,000."""

_REQUIRED = UserVerificationRequirement.REQUIRED
# What the library raises for an answer that is cut short, of another form, or signed in a way that it does not know.
_MALFORMED = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    NotImplementedError,
    RecursionError,
    struct.error,
    UnsupportedAlgorithm,
)


class NotProved(ValueError):
    """The answer is malformed, or is not one to what was asked here."""


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Where a key is good: `id` is the host without its port, `origin` the whole address, such as http://localhost:8000."""

    id: str
    origin: str


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that an authenticator has made. `public_key` is the attested credential data, as it was given."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]
    is_backed_up: bool


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a key that was proved; `handle` is whose key the authenticator takes it for."""

    sign_count: int
    handle: bytes | None
    is_backed_up: bool


def handle_of(user_id: UUID, only_in: UUID | None) -> bytes:
    """Under what an authenticator files a key: it keeps one for each, so a key for one organisation is another."""
    return sha256(b"bailiwick.passkey" + user_id.bytes + (only_in.bytes if only_in else b"")).digest()


def ask_for_new(
    party: RelyingParty, *, handle: bytes, login: str, name: str, known: list[bytes]
) -> tuple[dict[str, Any], str]:
    """What navigator.credentials.create is given, and its challenge; an authenticator with a known key refuses."""
    person = PublicKeyCredentialUserEntity(name=login, id=handle, display_name=name)
    options, state = _server(party).register_begin(
        person,
        credentials=[PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=each) for each in known],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=_REQUIRED,
    )
    return dict(options)["publicKey"], state["challenge"]


def ask_for_known(party: RelyingParty) -> tuple[dict[str, Any], str]:
    """What navigator.credentials.get is given, and the challenge in it; it does not say whose key is wanted."""
    options, state = _server(party).authenticate_begin(user_verification=_REQUIRED)
    return dict(options)["publicKey"], state["challenge"]


def read_new(party: RelyingParty, challenge: str, text: str) -> NewKey:
    """The key in a browser's answer; raises NotProved."""
    answer = _parse(text)
    try:
        made = _server(party).register_complete(_state(challenge), answer)
        _check_client(RegistrationResponse.from_dict(answer).response.client_data)
        _check_flags(made)
        data = made.credential_data
        if (
            data is None
            or data.public_key.get(3) not in CoseKey.supported_algorithms()
            or len(data.credential_id) > 1023
        ):
            raise NotProved
        transports = tuple(str(each)[:20] for each in (answer["response"].get("transports") or ())[:8])
    except _MALFORMED as failure:
        raise NotProved from failure
    return NewKey(data.credential_id, bytes(data), made.counter, transports, made.is_backed_up())


def credential_of(text: str) -> bytes:
    """The id of the key that a browser's answer claims to be from; raises NotProved."""
    try:
        return websafe_decode(_parse(text)["rawId"])
    except _MALFORMED as failure:
        raise NotProved from failure


def challenge_of(text: str) -> str:
    """The challenge that a browser's answer claims to be to; raises NotProved."""
    try:
        data = CollectedClientData(websafe_decode(_parse(text)["response"]["clientDataJSON"]))
        return websafe_encode(data.challenge)
    except _MALFORMED as failure:
        raise NotProved from failure


def read_known(party: RelyingParty, challenge: str, public_key: bytes, text: str) -> Use:
    """The use of a key that we have; raises NotProved for another key, or an answer to another challenge."""
    answer = _parse(text)
    try:
        _server(party).authenticate_complete(_state(challenge), [AttestedCredentialData(public_key)], answer)
        response = AuthenticationResponse.from_dict(answer).response
        _check_client(response.client_data)
        _check_flags(response.authenticator_data)
    except _MALFORMED as failure:
        raise NotProved from failure
    data = response.authenticator_data
    return Use(data.counter, response.user_handle, data.is_backed_up())


def has_counted_on(stored: int, given: int) -> bool:
    """Whether a counter moved on; one that stands still or goes back is the mark of a copy. 0: none is kept."""
    return given > stored or (stored == given == 0)


def _server(party: RelyingParty) -> Fido2Server:
    entity = PublicKeyCredentialRpEntity(name=NAME, id=party.id)
    return Fido2Server(entity, verify_origin=lambda origin: origin == party.origin)


def _state(challenge: str) -> dict[str, Any]:
    return {"challenge": challenge, "user_verification": _REQUIRED}


def _parse(text: str) -> Mapping[str, Any]:
    try:
        answer = json.loads(text) if len(text) <= LONGEST else None
    except (ValueError, RecursionError) as failure:
        raise NotProved from failure
    if not isinstance(answer, dict):
        raise NotProved
    return answer


def _check_client(client: CollectedClientData) -> None:
    """A page of another origin that shows ours in a frame asks for nothing here."""
    if client.cross_origin:
        raise NotProved


def _check_flags(data: AuthenticatorData) -> None:
    """Section 7.1, step 18: what cannot be backed up is not backed up."""
    if data.is_backed_up() and not data.is_backup_eligible():
        raise NotProved
