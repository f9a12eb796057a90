"""An authenticator without a browser: makes keys, and answers challenges as navigator.credentials would."""

import json
import os
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import Client
from fido2.cose import ES256
from fido2.utils import sha256, websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAG = AuthenticatorData.FLAG
PROVED = FLAG.UP | FLAG.UV
NOTHING = FLAG(0)
HERE = "http://testserver"


@dataclass
class Authenticator:
    """One key. `origin`, `flags`, `count` and what is signed can be bent, to see that it is noticed.

    `count` is the next value of its counter; None keeps none, as keys do that a cloud copies from device to device.
    """

    origin: str = HERE
    flags: AuthenticatorData.FLAG = PROVED
    count: int | None = 1
    is_framed: bool = False
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    secret: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    handle: bytes = b""

    def create(self, options: dict[str, Any]) -> str:
        """The answer to navigator.credentials.create, as text."""
        self.handle = websafe_decode(options["user"]["id"])
        key = AttestedCredentialData.create(
            Aaguid.NONE, self.credential_id, ES256.from_cryptography_key(self.secret.public_key())
        )
        data = self._data(options["rp"]["id"], FLAG.AT, key)
        client = self._client(CollectedClientData.TYPE.CREATE, options["challenge"])
        made = AttestationObject.create("none", data, {})
        return self._answer(
            {
                "clientDataJSON": websafe_encode(client),
                "attestationObject": websafe_encode(made),
                "transports": ["internal"],
            }
        )

    def get(self, options: dict[str, Any], **bent: bytes) -> str:
        """The answer to navigator.credentials.get, as text; `bent` replaces parts of the response after signing."""
        data = self._data(options["rpId"])
        client = self._client(CollectedClientData.TYPE.GET, options["challenge"])
        parts = {
            "clientDataJSON": bytes(client),
            "authenticatorData": bytes(data),
            "signature": self.secret.sign(data + sha256(client), ec.ECDSA(SHA256())),
            "userHandle": self.handle,
        }
        return self._answer({name: websafe_encode(part) for name, part in (parts | bent).items()})

    def _data(self, rp_id: str, more: AuthenticatorData.FLAG = NOTHING, key: bytes = b"") -> AuthenticatorData:
        count = self.count or 0
        if self.count is not None:
            self.count += 1
        return AuthenticatorData.create(sha256(rp_id.encode()), self.flags | more, count, key)

    def _client(self, kind: str, challenge: str) -> CollectedClientData:
        return CollectedClientData.create(kind, challenge, self.origin, self.is_framed)

    def _answer(self, response: dict[str, Any]) -> str:
        identifier = websafe_encode(self.credential_id)
        return json.dumps(
            {
                "id": identifier,
                "rawId": identifier,
                "type": "public-key",
                "response": response,
                "clientExtensionResults": {},
            }
        )


def add_key(client: Client, authenticator: Authenticator, name: str = "Laptop") -> Any:
    """Enrol a key on the page about one's own keys; the answer leads back to it."""
    options = client.post("/accounts/security/passkeys/new/question/").json()
    return client.post("/accounts/security/passkeys/new/", {"name": name, "answer": authenticator.create(options)})


def enter_by_key(client: Client, authenticator: Authenticator, **form: str) -> Any:
    """Sign in by a key at the common door."""
    options = client.post("/accounts/login/passkey/question/").json()
    return client.post("/accounts/login/passkey/", {"answer": authenticator.get(options)} | form)
