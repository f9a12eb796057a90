"""`bailiwick secrets rotate`: everything that is encrypted in the database is sealed by the newest key."""

import os
import sys

from bailiwick.config.backups import servers_alone
from bailiwick.runtime.errors import StartError
from bailiwick.runtime.keys import SEALING, add_sealing_key
from bailiwick.runtime.places import data_folder
from bailiwick.runtime.servers import choose_servers, describe, require_running

ONE_KEY = (
    "BAILIWICK_ENCRYPTION_KEYS has one key, so there is nothing to rotate to: put a new one before it, with a comma"
    " (`openssl rand -base64 32`), start every part anew, and run this again."
)


def rotate() -> None:
    """Seal anew what older keys sealed, and say how much it was; what was interrupted is taken up by the next time.

    Keys that were generated get a new first one; Bailiwick is stopped for it, because its parts know the old ones.
    """
    if os.environ.get(SEALING.variable):
        _rotate_given()
    else:
        _rotate_generated()


def _rotate_given() -> None:
    if "," not in os.environ[SEALING.variable]:
        raise StartError(ONE_KEY)
    data = data_folder()
    servers = choose_servers(data)
    require_running(servers)
    os.environ.update(describe(data, servers))
    _reseal(SEALING.variable)


def _rotate_generated() -> None:
    data = data_folder()
    with servers_alone(data):
        place = add_sealing_key(data)
        os.environ[SEALING.variable] = place.read_text().strip()
        _reseal(str(place))


def _reseal(place: str) -> None:
    import django

    django.setup()
    from bailiwick.kernel.identity.actions.sealing import reseal_secrets

    closed = 0
    for tally in reseal_secrets():
        print(f"  {tally.place}: {tally.count} secrets, {tally.resealed} sealed anew", flush=True)
        closed += tally.closed
    if closed:
        sys.exit(f"bailiwick: {closed} secrets open with none of the keys in {place}: keep every key.")
    print(f"Every secret is sealed by the newest key. The older ones in {place} may be dropped now.")
