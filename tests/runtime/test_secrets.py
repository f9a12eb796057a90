"""`bailiwick secrets rotate`: keys change, secrets stay."""

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError

from bailiwick.config.doctor import sealing
from bailiwick.config.doctor.sealing import look_at_keys, look_at_sealed
from bailiwick.kernel.base.vault import new_key
from bailiwick.kernel.identity.models import Totp
from bailiwick.kernel.testing.factories import new_member, new_organization
from tests.runtime.findings import only, told
from tests.runtime.installations import Installation

STORE = """
from bailiwick.kernel.identity.actions import create_user
from bailiwick.kernel.identity.models import Totp
ada = create_user(username="ada", password="a sentence that nobody else has")
Totp.objects.create(user=ada, secret="JBSWY3DPEHPK3PXP")
print(json.dumps(Totp.objects.count()))
"""
READ = """
from bailiwick.kernel.identity.models import Totp
print(json.dumps(Totp.objects.get().secret))
"""
DOCTOR = "1 of 1 secrets in identity.Totp.secret open with none of the keys"


@pytest.fixture
def installation(folder: Path) -> Iterator[Installation]:
    """With one secret, sealed by a generated key."""
    made = Installation(folder / "sealed").start()
    try:
        assert made.run("prepare").returncode == 0
        assert made.ask(STORE) == 1
        yield made
    finally:
        made.stop()


def test_a_key_is_changed_and_the_older_one_dropped(installation: Installation) -> None:
    place = installation.data / "secrets" / "encryption_keys"
    older = place.read_text()
    installation.stop()
    result = installation.run("secrets", "rotate")
    assert result.returncode == 0, result.stderr
    assert "identity.Totp.secret: 1 secrets, 1 sealed anew" in result.stdout
    assert "may be dropped now" in result.stdout
    newer, kept = place.read_text().split(",")
    assert (kept, stat.S_IMODE(place.stat().st_mode)) == (older, 0o600)
    place.write_text(newer)
    installation.start()
    assert installation.ask(READ) == "JBSWY3DPEHPK3PXP"

    given = f"{new_key()},{newer}"
    assert "1 sealed anew" in installation.run("secrets", "rotate", BAILIWICK_ENCRYPTION_KEYS=given).stdout
    alone = installation.run("secrets", "rotate", BAILIWICK_ENCRYPTION_KEYS=newer)
    assert (alone.returncode, "put a new one before it" in alone.stderr) == (1, True)
    foreign = installation.run("secrets", "rotate", BAILIWICK_ENCRYPTION_KEYS=f"{new_key()},{new_key()}")
    assert (foreign.returncode, "keep every key" in foreign.stderr) == (1, True)
    assert "Traceback" not in alone.stderr + foreign.stderr
    assert DOCTOR in installation.run("doctor", BAILIWICK_ENCRYPTION_KEYS=older).stdout


@pytest.mark.django_db
def test_the_doctor_opens_every_secret(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ENCRYPTION_KEYS = [new_key()]
    Totp.objects.create(user_id=new_member(new_organization()).user_id, secret="JBSWY3DPEHPK3PXP")
    assert told(look_at_sealed()) == []
    settings.ENCRYPTION_KEYS = [new_key(), *settings.ENCRYPTION_KEYS]
    assert only(look_at_sealed()) == ("warn", "1 secrets are sealed by an older key")
    settings.ENCRYPTION_KEYS = [new_key()]
    assert only(look_at_sealed()) == ("bad", DOCTOR)

    def fails() -> None:
        raise DatabaseError

    monkeypatch.setattr(sealing, "count_sealed", fails)
    assert list(look_at_sealed()) == []


def test_the_doctor_names_a_key_that_is_none(settings: Any) -> None:
    assert told(look_at_keys()) == []
    settings.ENCRYPTION_KEYS = [new_key(), "short"]
    assert only(look_at_keys()) == ("bad", "BAILIWICK_ENCRYPTION_KEYS: key 2 is malformed")
    settings.ENCRYPTION_KEYS = []
    assert only(look_at_keys()) == ("bad", "BAILIWICK_ENCRYPTION_KEYS: no key is set")
    assert list(look_at_sealed()) == []
