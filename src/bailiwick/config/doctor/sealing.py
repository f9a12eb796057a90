"""What the keys of the secrets at rest say."""

from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError

from bailiwick.config.doctor.findings import Finding, bad, ok, warn
from bailiwick.kernel.base.checks import check_encryption_keys
from bailiwick.kernel.base.vault import is_key
from bailiwick.kernel.identity.queries.sealing import count_sealed


def look_at_keys() -> Iterator[Finding]:
    """Whether there are keys by which secrets can be stored."""
    if not check_encryption_keys():
        return
    broken = [str(number) for number, key in enumerate(settings.ENCRYPTION_KEYS, start=1) if not is_key(key)]
    which = f"key {', '.join(broken)} is malformed" if broken else "no key is set"
    yield bad(f"BAILIWICK_ENCRYPTION_KEYS: {which}", "Take `openssl rand -base64 32`; several keys, newest first.")


def look_at_sealed() -> Iterator[Finding]:
    """Whether what is stored opens; of a database that cannot be asked, more is told where it is looked at."""
    if check_encryption_keys():
        return
    try:
        found = list(count_sealed())
    except DatabaseError:
        return
    for each in found:
        if each.closed:
            yield bad(
                f"{each.closed} of {each.count} secrets in {each.place} open with none of the keys",
                "Put the key that sealed them back, at the end of BAILIWICK_ENCRYPTION_KEYS.",
            )
    if older := sum(each.older for each in found):
        yield warn(f"{older} secrets are sealed by an older key", "Run `bailiwick secrets rotate`.")
    if not older and not any(each.closed for each in found):
        yield ok("Secrets in the database are sealed by the newest key")
