"""Bringing rows in from a file: what it is, how it is read, and the job that does it."""

from collections.abc import Container, Iterator, Mapping, Sequence
from tempfile import TemporaryFile
from typing import Any, BinaryIO
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import DomainError, InvalidInput
from bailiwick.kernel.files.actions import store_made, store_upload
from bailiwick.kernel.files.choices import FileKind
from bailiwick.kernel.files.errors import Unreadable
from bailiwick.kernel.files.queries import open_content
from bailiwick.kernel.files.reading import Row, read_head, read_rows
from bailiwick.kernel.files.writing import open_writer
from bailiwick.kernel.imports.errors import ImportStarted
from bailiwick.kernel.imports.queries import get_import, list_rejected, lock_import, survey
from bailiwick.kernel.imports.rules import errors_of, group_rows, in_chunks, read_groups
from bailiwick.kernel.imports.values import ERRORS, Importer, Outcome, Read
from bailiwick.kernel.jobs.actions import submit_job
from bailiwick.kernel.jobs.errors import JobFailed
from bailiwick.kernel.jobs.running import Run

WRITE_TAKEN = """
INSERT INTO {table} (source_id, line, {kept_as}_id, is_new)
SELECT %s, * FROM unnest(%b::int[], %b::uuid[], %b::boolean[])
"""
HEAD = 100
"""Rows in which the columns of JSON lines are looked for."""


def open_import(
    importer: Importer, *, actor: Actor, upload: "UploadedFile[Any] | tuple[str, BinaryIO]", **options: Any
) -> Any:
    """Keep an uploaded file, and guess how it is to be read; raises InvalidInput beside the field "file".

    `options` are values of the app's own columns.
    """
    actor.require(importer.right)
    with transaction.atomic(savepoint=False):
        stored = store_upload(actor=actor, purpose=importer.code, upload=upload)
        try:
            with open_content(stored) as content:
                columns = read_head(content, stored.kind, HEAD).columns
        except Unreadable as refusal:
            raise InvalidInput({"file": [str(refusal)]}) from refusal
        values = importer.guess(columns, stored.kind) | options
        opened = importer.model.objects.create(file=stored, columns=columns, member_id=actor.member_id, **values)
        record(actor.ref, f"{importer.app}.import.opened", opened, {"file": str(stored.id)})
        return opened


def map_columns(importer: Importer, *, actor: Actor, import_id: UUID, mapping: Mapping[str, str]) -> Any:
    """Say which column is which field; raises ImportStarted, or InvalidInput for a column that is not there."""
    with transaction.atomic(savepoint=False):
        opened = _lock_unstarted(importer, actor, import_id)
        chosen = {field: column for field, column in mapping.items() if column}
        faults = {field: [_("The file has no such column.")] for field in chosen if chosen[field] not in opened.columns}
        faults |= {field: [str(sentence)] for field, sentence in importer.required.items() if field not in chosen}
        if faults:
            raise InvalidInput(faults)
        if chosen != opened.mapping:
            values = importer.choose(chosen)
            for name, value in values.items():
                setattr(opened, name, value)
            opened.save(update_fields=[*values])
        return opened


def start_import(importer: Importer, *, actor: Actor, import_id: UUID) -> Any:
    """Begin the job; raises ImportStarted."""
    with transaction.atomic(savepoint=False):
        opened = _lock_unstarted(importer, actor, import_id)
        arguments = {"import": str(opened.id), "language": get_language()}
        opened.job = submit_job(actor=actor, kind=importer.code, arguments=arguments)
        opened.save(update_fields=["job"])
        record(actor.ref, f"{importer.app}.import.started", opened, {"job": str(opened.job.id)})
        return opened


def _lock_unstarted(importer: Importer, actor: Actor, import_id: UUID) -> Any:
    actor.require(importer.right)
    opened = lock_import(importer, actor, import_id)
    if opened.job_id is not None:
        raise ImportStarted
    return opened


def import_rows(importer: Importer, run: Run, read: Read) -> dict[str, Any]:
    """The job: chunk by chunk, each with its progress in one transaction; a next try goes on after the last one.

    It says what is wrong in the language of whoever began it.
    """
    with run.read() as actor:
        assert actor
        opened = get_import(importer, actor, UUID(run.arguments["import"]))
        content = open_content(opened.file)
    with override(run.arguments["language"]), content:
        try:
            total, apart = survey(importer, opened, content)
            run.total = total
            content.seek(0)
            rows = read_rows(content, opened.file.kind, after=run.position.get("line", 0))
            for chunk in in_chunks(group_rows(importer, opened, rows), importer.chunk):
                _take(importer, run, opened, chunk, read, apart)
        except Unreadable as refusal:
            raise JobFailed(str(refusal)) from refusal
    return _conclude(importer, run, opened.id)


def _take(
    importer: Importer, run: Run, opened: Any, chunk: Sequence[Sequence[Row]], read: Read, apart: Container[Any]
) -> None:
    """One chunk. What can be done without the database is done before its transaction is opened."""
    given = read_groups(importer, opened, chunk, read, apart)
    news = [new for _group, new in given if not isinstance(new, DomainError)]
    with run.step() as actor:
        assert actor
        outcomes = iter(importer.store(actor, opened, news))
        told = [(group, new if isinstance(new, DomainError) else next(outcomes)) for group, new in given]
        created, repeated, rejected = _write_rows(importer, opened, told)
        importer.model.objects.filter(id=opened.id).update(
            created=F("created") + created, repeated=F("repeated") + repeated, rejected=F("rejected") + len(rejected)
        )
        run.done, run.rejected = run.done + sum(map(len, chunk)), run.rejected + sum(map(len, rejected))
        run.position = {"line": chunk[-1][-1].number}


def _write_rows(
    importer: Importer, opened: Any, told: Sequence[tuple[Sequence[Row], Outcome | DomainError]]
) -> tuple[int, int, list[Sequence[Row]]]:
    """Note what became of each group; returns how many were created and recognised, and those that were rejected."""
    taken: list[tuple[int, UUID | None, bool]] = []
    rejected, groups = [], []
    for group, outcome in told:
        refusal = outcome if isinstance(outcome, DomainError) else outcome.refusal
        if refusal is None:
            assert not isinstance(outcome, DomainError)
            taken.append((group[0].number, outcome.id, outcome.is_new))
            continue
        groups.append(group)
        for row, errors in zip(group, errors_of(importer, opened, group, refusal), strict=True):
            given = {"source_id": opened.id, "values": row.values, "errors": errors}
            rejected.append(importer.rejected_model(line=row.number, **given))
    _write_taken(importer, opened, taken)
    importer.rejected_model.objects.bulk_create(rejected)
    created = sum(is_new for _line, _key, is_new in taken)
    return created, len(taken) - created, groups


def _write_taken(importer: Importer, opened: Any, taken: Sequence[tuple[int, UUID | None, bool]]) -> None:
    """There are many of them: made as objects they take as long as what they tell of."""
    if taken:
        statement = WRITE_TAKEN.format(table=importer.taken_model._meta.db_table, kept_as=importer.kept_as)
        with connection.cursor() as cursor:
            cursor.execute(statement, [opened.id, *(list(column) for column in zip(*taken, strict=True))])


def _conclude(importer: Importer, run: Run, import_id: UUID) -> dict[str, Any]:
    """Keep the rejected rows as a file, in the columns in which they came, and say what became of all."""
    with run.step() as actor:
        assert actor
        opened = lock_import(importer, actor, import_id)
        if opened.rejected and opened.rejected_file is None:
            opened.rejected_file = _store_rejected(importer, actor, opened)
            opened.save(update_fields=["rejected_file"])
        return {"created": opened.created, "repeated": opened.repeated, "rejected": opened.rejected}


def _store_rejected(importer: Importer, actor: Actor, opened: Any) -> Any:
    """CSV, or JSON lines where rows are objects: in the form in which it can be mended and given again."""
    kind = FileKind.JSONL if importer.has_objects(opened) else FileKind.CSV
    columns = list(dict.fromkeys([*opened.columns, *_more_columns(importer, opened)]))
    columns = [*(column for column in columns if column != ERRORS), ERRORS]
    name = f"{opened.file.name.rpartition('.')[0] or opened.file.name}-rejected.{kind.value}"
    with TemporaryFile() as content:
        with open_writer(kind, content, [(column, column) for column in columns]) as writer:
            for row in list_rejected(importer, opened).iterator():
                told = row.errors if kind == FileKind.JSONL else _sentence(row.errors)
                writer.write(row.values | {ERRORS: told})
        return store_made(actor=actor, purpose=importer.code, name=name, kind=kind, content=content)


def _more_columns(importer: Importer, opened: Any) -> Iterator[str]:
    """Of JSON lines each may have names of its own."""
    if opened.file.kind == FileKind.JSONL:
        for row in list_rejected(importer, opened).iterator():
            yield from row.values


def _sentence(errors: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(f"{column}: {' '.join(sentences)}" for column, sentences in errors.items())
