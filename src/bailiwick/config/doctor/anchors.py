"""What the files of seals say, beside the chains in the database."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.db import DatabaseError
from django.utils.timezone import now

from bailiwick.config.doctor.findings import Finding, bad, ok, warn
from bailiwick.kernel.audit.gateways import list_files, place_of, read_last
from bailiwick.kernel.audit.queries.anchors import holds
from bailiwick.kernel.audit.queries.blocks import get_newest_block
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.queries import list_organizations
from bailiwick.kernel.tenancy.scope import enter

LATE = timedelta(minutes=5)
"""By then a seal is in the file of its organisation."""
VERIFY = "Run `bailiwick audit verify`; when you know why, as after restoring an older backup, move the file aside."


def look_at_anchors(folder: Path) -> Iterator[Finding]:
    """Whether the newest seals are kept, and fit; of a database that cannot be asked, more is told elsewhere."""
    try:
        organizations = list_organizations()
        faults = [fault for each in organizations for fault in _faults_of(each)]
        late = [each.slug for each in organizations if _is_late(each)]
    except DatabaseError:
        return
    except OSError as error:
        yield bad(
            f"The seals in {folder} cannot be read ({error.strerror})",
            "Make it a folder of the user that Bailiwick runs as.",
        )
        return
    known = {place_of(each.id) for each in organizations}
    lost = [path for path in list_files() if path not in known]
    yield from faults
    yield from (bad(f"{path} has seals of an organisation that is gone", VERIFY) for path in lost)
    if late:
        yield warn(
            f"New seals are not kept in {folder} (organisations: {len(late)}, such as {late[0]})",
            "See that the worker may write there; where it runs on another machine, ask the doctor there.",
        )
    if not (faults or lost or late):
        yield ok("Seals are kept outside of the database, and fit it")


def _faults_of(organization: Organization) -> Iterator[Finding]:
    path = place_of(organization.id)
    last = read_last(path) if path.exists() else None
    if last is None:
        return
    with enter(organization.id):
        newest, fits = get_newest_block(), holds(last)
    number = newest.number if newest else 0
    if last.number > number:
        yield bad(f"{organization.slug}: the chain ends at seal {number}, and {path} has seal {last.number}", VERIFY)
    elif not fits:
        yield bad(f"{organization.slug}: seal {last.number} is another one than in {path}", VERIFY)


def _is_late(organization: Organization) -> bool:
    path = place_of(organization.id)
    last = read_last(path) if path.exists() else None
    with enter(organization.id):
        newest = get_newest_block()
    kept = last.number if last else 0
    return newest is not None and newest.number > kept and now() - newest.at > LATE
