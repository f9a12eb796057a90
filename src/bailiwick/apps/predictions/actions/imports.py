"""Bringing predictions in from a file: what it is, how it is read, and the job that does it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from tempfile import TemporaryFile
from typing import Any, BinaryIO
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from bailiwick.apps.predictions.actions.bulk import MOST_ROWS, Outcome, submit_predictions
from bailiwick.apps.predictions.choices import Layout
from bailiwick.apps.predictions.errors import ExternalIdTaken, ImportStarted
from bailiwick.apps.predictions.manifest import IMPORT, SUBMIT
from bailiwick.apps.predictions.models import Import, RejectedRow, TakenRow
from bailiwick.apps.predictions.queries.imports import get_import, list_rejected, lock_import
from bailiwick.apps.predictions.rules import ERRORS, column_of, guess
from bailiwick.apps.predictions.values import NewPrediction
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import DomainError, InvalidInput
from bailiwick.kernel.files.actions import store_made, store_upload
from bailiwick.kernel.files.choices import FileKind
from bailiwick.kernel.files.errors import Unreadable
from bailiwick.kernel.files.queries import open_content
from bailiwick.kernel.files.reading import Row, count_rows, read_head, read_rows
from bailiwick.kernel.files.writing import open_writer
from bailiwick.kernel.jobs.actions import submit_job
from bailiwick.kernel.jobs.errors import JobFailed
from bailiwick.kernel.jobs.running import Run

HEAD = 100
"""Rows in which the columns of JSON lines are looked for."""

Read = Callable[[Import, Mapping[str, Any]], NewPrediction]
"""How a row is read: raises InvalidInput for one that is not in order."""


def open_import(*, actor: Actor, upload: "UploadedFile[Any] | tuple[str, BinaryIO]") -> Import:
    """Keep an uploaded file, and guess how it is to be read; raises InvalidInput beside the field "file"."""
    actor.require(SUBMIT)
    with transaction.atomic(savepoint=False):
        stored = store_upload(actor=actor, purpose=IMPORT, upload=upload)
        try:
            with open_content(stored) as content:
                columns = read_head(content, stored.kind, HEAD).columns
        except Unreadable as refusal:
            raise InvalidInput({"file": [str(refusal)]}) from refusal
        layout, mapping = guess(columns, has_objects=stored.kind == FileKind.JSONL)
        opened = Import.objects.create(
            file=stored, layout=layout, columns=columns, mapping=mapping, member_id=actor.member_id
        )
        record(actor.ref, "predictions.import.opened", opened, {"file": str(stored.id)})
        return opened


def map_columns(*, actor: Actor, import_id: UUID, mapping: Mapping[str, str]) -> Import:
    """Say which column is which field; raises ImportStarted, or InvalidInput for a column that is not there."""
    with transaction.atomic(savepoint=False):
        opened = _lock_unstarted(actor, import_id)
        chosen = {field: column for field, column in mapping.items() if column}
        faults = {field: [_("The file has no such column.")] for field in chosen if chosen[field] not in opened.columns}
        if "product_id" not in chosen:
            faults["product_id"] = [_("Say which column names the product.")]
        if faults:
            raise InvalidInput(faults)
        if chosen != opened.mapping:
            opened.layout, opened.mapping = Layout.COLUMNS, chosen
            opened.save(update_fields=["layout", "mapping"])
        return opened


def start_import(*, actor: Actor, import_id: UUID) -> Import:
    """Begin the job; raises ImportStarted."""
    with transaction.atomic(savepoint=False):
        opened = _lock_unstarted(actor, import_id)
        arguments = {"import": str(opened.id), "language": get_language()}
        opened.job = submit_job(actor=actor, kind=IMPORT, arguments=arguments)
        opened.save(update_fields=["job"])
        record(actor.ref, "predictions.import.started", opened, {"job": str(opened.job.id)})
        return opened


def _lock_unstarted(actor: Actor, import_id: UUID) -> Import:
    actor.require(SUBMIT)
    opened = lock_import(actor, import_id)
    if opened.job_id is not None:
        raise ImportStarted
    return opened


def import_rows(run: Run, read: Read) -> dict[str, Any]:
    """The job: chunk by chunk, each with its progress in one transaction; a next try goes on after the last one.

    It says what is wrong in the language of whoever began it.
    """
    with run.read() as actor:
        assert actor
        opened = get_import(actor, UUID(run.arguments["import"]))
        content = open_content(opened.file)
    with override(run.arguments["language"]), content:
        try:
            if run.total is None:
                run.total = count_rows(content, opened.file.kind)
                content.seek(0)
            rows = read_rows(content, opened.file.kind, after=run.position.get("line", 0))
            while chunk := list(islice(rows, MOST_ROWS)):
                _take(run, opened, chunk, read)
        except Unreadable as refusal:
            raise JobFailed(str(refusal)) from refusal
    return _conclude(run, opened.id)


def _take(run: Run, opened: Import, chunk: Sequence[Row], read: Read) -> None:
    """One chunk. What can be done without the database is done before its transaction is opened."""
    read_rows = [(row, _read(opened, row, read)) for row in chunk]
    news = [new for _row, new in read_rows if isinstance(new, NewPrediction)]
    with run.step() as actor:
        assert actor
        outcomes = iter(submit_predictions(actor=actor, rows=news))
        told = [
            (row, next(outcomes) if isinstance(new, NewPrediction) else Outcome(refusal=new)) for row, new in read_rows
        ]
        created, repeated, rejected = _write_rows(opened, told)
        Import.objects.filter(id=opened.id).update(
            created=F("created") + created, repeated=F("repeated") + repeated, rejected=F("rejected") + rejected
        )
        run.done, run.rejected = run.done + len(chunk), run.rejected + rejected
        run.position = {"line": chunk[-1].number}


def _read(opened: Import, row: Row, read: Read) -> NewPrediction | DomainError:
    if row.fault:
        return InvalidInput({"row": [row.fault]})
    try:
        return read(opened, row.values)
    except DomainError as refusal:
        return refusal


def _write_rows(opened: Import, told: Sequence[tuple[Row, Outcome]]) -> tuple[int, int, int]:
    """Note what became of each row; returns how many were created, recognised and rejected."""
    taken, rejected = [], []
    for row, outcome in told:
        if outcome.id is not None:
            taken.append(TakenRow(source=opened, line=row.number, prediction_id=outcome.id, is_new=outcome.is_new))
        else:
            assert outcome.refusal
            errors = errors_of(opened, outcome.refusal)
            rejected.append(RejectedRow(source=opened, line=row.number, values=row.values, errors=errors))
    TakenRow.objects.bulk_create(taken)
    RejectedRow.objects.bulk_create(rejected)
    created = sum(row.is_new for row in taken)
    return created, len(taken) - created, len(rejected)


def errors_of(opened: Import, refusal: DomainError) -> dict[str, list[str]]:
    """The sentences of a refusal by the column they are about, else by "row"."""
    match refusal:
        case InvalidInput():
            fields: Mapping[str, list[str]] = refusal.fields
        case ExternalIdTaken():
            fields = {"external_id": [str(refusal)]}
        case _:
            fields = {"row": [str(refusal)]}
    found: dict[str, list[str]] = {}
    for name, sentences in fields.items():
        column = column_of(opened.layout, opened.mapping, name)
        found.setdefault(column, []).extend(map(str, sentences))
    return found


def _conclude(run: Run, import_id: UUID) -> dict[str, Any]:
    """Keep the rejected rows as a file, in the columns in which they came, and say what became of all."""
    with run.step() as actor:
        assert actor
        opened = lock_import(actor, import_id)
        if opened.rejected and opened.rejected_file is None:
            opened.rejected_file = _store_rejected(actor, opened)
            opened.save(update_fields=["rejected_file"])
        return {"created": opened.created, "repeated": opened.repeated, "rejected": opened.rejected}


def _store_rejected(actor: Actor, opened: Import) -> Any:
    """CSV, or JSON lines where rows are objects: in the form in which it can be mended and given again."""
    kind = FileKind.JSONL if opened.layout == Layout.OBJECTS else FileKind.CSV
    columns = list(dict.fromkeys([*opened.columns, *_more_columns(opened)]))
    columns = [*(column for column in columns if column != ERRORS), ERRORS]
    name = f"{opened.file.name.rpartition('.')[0] or opened.file.name}-rejected.{kind.value}"
    with TemporaryFile() as content:
        with open_writer(kind, content, [(column, column) for column in columns]) as writer:
            for row in list_rejected(opened).iterator():
                told = row.errors if kind == FileKind.JSONL else _sentence(row.errors)
                writer.write(row.values | {ERRORS: told})
        return store_made(actor=actor, purpose=IMPORT, name=name, kind=kind, content=content)


def _more_columns(opened: Import) -> Iterator[str]:
    """Of JSON lines each may have names of its own."""
    if opened.file.kind == FileKind.JSONL:
        for row in list_rejected(opened).iterator():
            yield from row.values


def _sentence(errors: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(f"{column}: {' '.join(sentences)}" for column, sentences in errors.items())
