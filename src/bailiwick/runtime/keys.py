"""The keys of an installation: the one that signs, and those that seal what is secret in the database."""

import base64
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bailiwick.runtime.errors import StartError
from bailiwick.runtime.files import exclusive, new_secret, private_folder, secret, write_private
from bailiwick.runtime.places import settings_module


@dataclass(frozen=True, slots=True)
class Key:
    """A variable of the environment; in development its value is generated once, into `secrets/` of the data folder."""

    name: str
    variable: str
    make: Callable[[], str]
    demand: str


def _new_sealing() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


SIGNING = Key("secret_key", "BAILIWICK_SECRET_KEY", new_secret, "a long random value that you keep")
SEALING = Key(
    "encryption_keys", "BAILIWICK_ENCRYPTION_KEYS", _new_sealing, "a key that you keep, from `openssl rand -base64 32`"
)
KEYS = (SIGNING, SEALING)


def keys(data: Path) -> dict[str, str]:
    """What the environment lacks of the keys: generated for development, demanded for production (StartError)."""
    found = {}
    for key in KEYS:
        if os.environ.get(key.variable):
            continue
        if settings_module().endswith(".production"):
            raise StartError(f"{key.variable} is not set: production needs {key.demand}.")
        found[key.variable] = secret(data, key.name, key.make)
    return found


def add_sealing_key(data: Path) -> Path:
    """Put a new key before the generated ones; gives the file in which they are."""
    secret(data, SEALING.name, SEALING.make)
    path = private_folder(data / "secrets") / SEALING.name
    with exclusive(path.with_name(f".{path.name}.lock")):
        write_private(path, f"{SEALING.make()},{path.read_text().strip()}")
    return path
