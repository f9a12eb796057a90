"""Loading code sets: whole releases, dated, each once."""

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, BinaryIO
from uuid import UUID

import orjson
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from bailiwick.apps.claims.actions.releases import ORDERED, read_codes
from bailiwick.apps.claims.manifest import CODES, CODES_JOB, CONFIGURE
from bailiwick.apps.claims.models import CodeSet
from bailiwick.apps.claims.values.codes import NewCode, NewRelease
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.files.actions import store_upload
from bailiwick.kernel.files.queries import get_file, open_content
from bailiwick.kernel.jobs.actions import submit_job
from bailiwick.kernel.jobs.errors import JobFailed
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.running import Run
from bailiwick.kernel.tenancy.scope import require_scope

CHUNK = 10_000
LONGEST = {"name": 50, "source": 500, "licence": 200}
LEAST_LEFT = 0.9
"""As much of the release before it a whole one has."""
# COPY does not go through row-level security: rows come in by arrays.
WRITE = """
INSERT INTO claims_code (code_set_id, code, title, is_billable, facts)
SELECT %s, * FROM unnest(%s::text[], %s::text[], %s::boolean[], %s::jsonb[])
"""


def start_loading(*, actor: Actor, new: NewRelease, upload: "UploadedFile[Any] | tuple[str, BinaryIO]") -> Job:
    """Keep a file and load it by a job. Raises InvalidInput beside the field."""
    actor.require(CONFIGURE)
    _check(new)
    with transaction.atomic(savepoint=False):
        stored = store_upload(actor=actor, purpose=CODES, upload=upload)
        arguments = {
            "file": str(stored.id),
            "system": new.system,
            "name": new.name,
            "valid_from": new.valid_from.isoformat(),
            "valid_until": new.valid_until.isoformat() if new.valid_until else "",
            "source": new.source,
            "licence": new.licence,
        }
        return submit_job(actor=actor, kind=CODES_JOB, arguments=arguments)


def load_uploaded(run: Run) -> dict[str, Any]:
    """The job: one step, so that a release is there whole or not at all. Raises JobFailed with what is wrong."""
    given = dict(run.arguments)
    key, start, end = UUID(given.pop("file")), given.pop("valid_from"), given.pop("valid_until")
    new = NewRelease(valid_from=date.fromisoformat(start), valid_until=_day(end), **given)
    try:
        with run.step() as actor:
            assert actor
            with open_content(get_file(actor, key)) as content:
                code_set, is_new = load_file(actor=actor.ref, new=new, content=content)
            run.done = run.total = code_set.count
    except InvalidInput as refusal:
        raise JobFailed(" ".join(said for every in refusal.fields.values() for said in every)) from refusal
    return {"code_set": str(code_set.id), "count": code_set.count, "is_new": is_new}


def load_file(*, actor: ActorRef, new: NewRelease, content: BinaryIO) -> tuple[CodeSet, bool]:
    """Load a release from a file; the second value says whether it was new. Raises InvalidInput beside the field."""
    content.seek(0)
    digest = hashlib.file_digest(content, "sha256").digest()  # type: ignore[arg-type]
    if known := CodeSet.objects.filter(system=new.system, digest=digest).first():
        return known, False
    return load_codes(actor=actor, new=new, digest=digest, codes=read_codes(new.system, content, new.valid_from))


def load_codes(*, actor: ActorRef, new: NewRelease, digest: bytes, codes: Sequence[NewCode]) -> tuple[CodeSet, bool]:
    """Load a release whole; the second value says whether it was new: the same content again has no second effect.

    What it overlaps ends the day before it begins, and it the day before a later one does. Raises InvalidInput when
    the release came before with other content. For whoever may set up codes, or is at the machine: the caller asks.
    """
    _check(new)
    with transaction.atomic(savepoint=False):
        _lock(new.system)
        if known := CodeSet.objects.filter(system=new.system, digest=digest).first():
            return known, False
        if CodeSet.objects.filter(system=new.system, release=new.name).exists():
            raise InvalidInput({"name": [_("The release %s is there, with other content.") % new.name]})
        _check_whole(new, len(codes))
        code_set = CodeSet.objects.create(
            system=new.system,
            release=new.name,
            valid_from=new.valid_from,
            valid_until=_date_neighbours(new),
            source=new.source,
            licence=new.licence,
            digest=digest,
            count=len(codes),
            member_id=actor.member_id,
        )
        _write(code_set.id, codes)
        record(actor, "claims.codes.loaded", code_set, {"system": new.system, "release": new.name, "count": len(codes)})
        return code_set, True


def _check(new: NewRelease) -> None:
    faults = {
        name: [_("Give at most %(longest)d characters.") % {"longest": longest}]
        for name, longest in LONGEST.items()
        if len(getattr(new, name)) > longest
    }
    if new.valid_until is not None and new.valid_until < new.valid_from:
        faults["valid_until"] = [_("The release ends before it begins.")]
    if faults:
        raise InvalidInput(faults)


def _check_whole(new: NewRelease, count: int) -> None:
    """Releases of CMS's hierarchies hardly shrink from one to the next: one that does breaks off."""
    if new.system not in ORDERED:
        return
    before = CodeSet.objects.filter(system=new.system, valid_from__lte=new.valid_from).order_by("-valid_from", "-id")
    last = before.first()
    if last is not None and count < last.count * LEAST_LEFT:
        told = {"count": count, "release": last, "before": last.count}
        said = _("The file has %(count)d codes, %(release)s had %(before)d: it is not whole.")
        raise InvalidInput({"file": [said % told]})


def _lock(system: str) -> None:
    """One release of a system at a time."""
    with connection.cursor() as cursor:
        name = f"claims.codes:{require_scope().organization_id}:{system}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _date_neighbours(new: NewRelease) -> date | None:
    """End what it follows; says when it ends itself."""
    others, day = CodeSet.objects.filter(system=new.system), timedelta(days=1)
    others.filter(Q(valid_until=None) | Q(valid_until__gte=new.valid_from), valid_from__lt=new.valid_from).update(
        valid_until=new.valid_from - day
    )
    later = others.filter(valid_from__gt=new.valid_from).order_by("valid_from").first()
    ends = [end for end in (new.valid_until, later.valid_from - day if later else None) if end]
    return min(ends) if ends else None


def _write(code_set_id: UUID, codes: Sequence[NewCode]) -> None:
    with connection.cursor() as cursor:
        for start in range(0, len(codes), CHUNK):
            chunk = codes[start : start + CHUNK]
            columns = (
                [each.code for each in chunk],
                [each.title for each in chunk],
                [each.is_billable for each in chunk],
                [orjson.dumps(dict(each.facts)).decode() for each in chunk],
            )
            cursor.execute(WRITE, [code_set_id, *columns])


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
