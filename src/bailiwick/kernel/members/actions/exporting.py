"""Writing down for a person what the organisation knows of them (GDPR Articles 15 and 20)."""

from tempfile import TemporaryFile
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model
from django.utils.timezone import localdate, now

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record, record_reading
from bailiwick.kernel.files.actions import store_made
from bailiwick.kernel.files.choices import FileKind
from bailiwick.kernel.files.writing import Writer, open_writer
from bailiwick.kernel.identity.queries.people import describe_account
from bailiwick.kernel.jobs.actions import submit_job
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.running import Run
from bailiwick.kernel.members.manifest import PERSON, PERSONAL_FILE, TO_EXPORT
from bailiwick.kernel.members.queries.personal import get_person, list_rows, list_tables

CHUNK = 1_000
COLUMNS = [("table", "table"), ("row", "row")]


def start_export(*, actor: Actor, member_id: UUID) -> Job:
    """Have written down what is known of a member, oneself or another; raises Forbidden, NotFound."""
    member = get_person(actor, member_id)
    with transaction.atomic(savepoint=False):
        record(actor.ref, "members.member.exported", member)
        return submit_job(actor=actor, kind=PERSONAL_FILE, arguments={"member": str(member_id)})


def write_export(run: Run) -> dict[str, Any]:
    """The job: every row that names the member, table by table, each piece read in a transaction of its own."""
    if "file" in run.position:
        return dict(run.position)
    member_id, run.done = UUID(run.arguments["member"]), 0
    with TemporaryFile() as content:
        with open_writer(FileKind.JSONL, content, COLUMNS) as writer:
            _write_head(run, writer, member_id)
            for model, naming in list_tables():
                _write_table(run, writer, model, naming, member_id)
        with run.step() as actor:
            assert actor
            get_person(actor, member_id)
            name = f"personal-data-{localdate().isoformat()}.jsonl"
            stored = store_made(actor=actor, purpose=PERSONAL_FILE, name=name, kind=FileKind.JSONL, content=content)
            run.position = {"file": str(stored.id), "rows": run.done}
    return dict(run.position)


def _write_head(run: Run, writer: Writer, member_id: UUID) -> None:
    """Of when it is; for oneself also the account, which belongs to no organisation."""
    with run.read() as actor:
        assert actor
        member = get_person(actor, member_id)
        record_reading(actor.ref, PERSON, [member_id], TO_EXPORT, [member_id])
        writer.write({"table": "about", "row": {"member": member_id, "name": member.name, "at": now()}})
        if actor.member_id == member_id and member.user_id:
            writer.write({"table": "identity_user", "row": describe_account(member.user_id)})


def _write_table(run: Run, writer: Writer, model: type[Model], naming: list[str], member_id: UUID) -> None:
    after, found = None, CHUNK
    while found == CHUNK:
        with run.read() as actor:
            assert actor
            get_person(actor, member_id)
            rows = list_rows(model, naming, member_id, after, CHUNK)
        for row in rows:
            writer.write({"table": model._meta.db_table, "row": row})
        after, found = rows[-1]["id"] if rows else after, len(rows)
        with run.step():
            run.done += found
