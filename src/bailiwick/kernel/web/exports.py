"""Exporting a list as it is shown: the same filters, the same rows, read by a job piece by piece."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from django.db import connections
from django.utils.text import slugify
from django.utils.timezone import localdate
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from bailiwick.kernel.files.actions import store_made
from bailiwick.kernel.files.choices import TABLES, FileKind
from bailiwick.kernel.files.writing import open_writer
from bailiwick.kernel.jobs.actions import submit_job
from bailiwick.kernel.jobs.errors import JobFailed
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.running import Run
from bailiwick.kernel.web.actions import record_export
from bailiwick.kernel.web.columns import exported
from bailiwick.kernel.web.cursors import follow, place_of
from bailiwick.kernel.web.errors import InvalidAddress
from bailiwick.kernel.web.manifest import EXPORT
from bailiwick.kernel.web.selection import Selection, reopen
from bailiwick.kernel.web.templatetags.bailiwick import icon

if TYPE_CHECKING:
    from bailiwick.kernel.web.tables import ListPage

CHUNK = 4_000
Chunk = tuple[Iterable[Any], int, Any]
MOST_IN_A_SHEET = 1_048_575


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file that a list can be had as."""

    code: str
    title: str
    icon: str


def formats() -> list[Format]:
    return [
        Format(FileKind.CSV, _("CSV"), icon("file-type-csv")),
        Format(FileKind.XLSX, _("XLSX"), icon("file-spreadsheet")),
        Format(FileKind.JSONL, _("JSON lines"), icon("braces")),
    ]


def start(page: "ListPage", selection: Selection, kind: str) -> Job:
    """Begin an export of the selected rows; raises InvalidAddress for an unknown kind or filters."""
    if kind not in TABLES:
        raise InvalidAddress(_("There is no such kind of file. Choose CSV, XLSX or JSON lines."))
    selection.rows(page)
    arguments = selection.plain() | {
        "kind": kind,
        "all_columns": bool(page.request.POST.get("all_columns")),
        "language": get_language(),
    }
    job = submit_job(actor=page.actor, kind=EXPORT, arguments=arguments)
    page.tell(_("Export started. You find it among your jobs."))
    return job


def run(job: Run) -> dict[str, Any]:
    """The job: walks the list by key in pieces of 4,000, each read in a transaction of its own, into one file."""
    if "file" in job.position:
        return dict(job.position)
    given = dict(job.arguments)
    kind, all_columns, language = (given.pop(name) for name in ("kind", "all_columns", "language"))
    with override(language), TemporaryFile() as content:
        export = Export(job, Selection(**given), all_columns)
        with open_writer(kind, content, export.columns) as writer:
            export.write(writer.write, MOST_IN_A_SHEET if kind == FileKind.XLSX else None)
        with job.step() as actor:
            assert actor
            name = f"{slugify(export.title)}-{localdate().isoformat()}.{kind}"
            stored = store_made(actor=actor, purpose=EXPORT, name=name, kind=kind, content=content)
            record_export(actor=actor, stored=stored, list_name=export.selection.list_name, rows=job.done)
            job.position = {"file": str(stored.id), "rows": job.done}
    return dict(job.position)


class Export:
    """One walk through a list; `columns` are codes and headings."""

    def __init__(self, job: Run, selection: Selection, all_columns: bool) -> None:
        self.job, self.selection = job, selection
        with job.read() as actor:
            assert actor
            page = reopen(selection, actor)
            chosen = list(exported(page.columns if all_columns else page.chosen_columns()))
            job.done, job.total = 0, selection.rows(page).order_by().count()
            self.title = str(page.title)
        self.columns = [(code, heading) for code, heading, _value in chosen]
        self._values: Sequence[Callable[[Any], Any]] = [value for _code, _heading, value in chosen]

    def write(self, write: Callable[[Sequence[Any]], object], most: int | None) -> None:
        """Every row; raises JobFailed for more rows than the kind of file holds."""
        if most is not None and (self.job.total or 0) > most:
            raise JobFailed(_("A sheet holds 1,048,575 rows at most. Narrow the list, or export it as CSV."))
        with ThreadPoolExecutor(1) as reader:
            chunk: Future[Chunk] | None = reader.submit(self._read, None)
            try:
                while chunk is not None:
                    rows, count, last = chunk.result()
                    # The next chunk is read while this one is written: database and program work side by side.
                    chunk = reader.submit(self._read, last) if count == CHUNK else None
                    for row in rows:
                        write([value(row) for value in self._values])
                    with self.job.step():
                        self.job.done += count
            finally:
                reader.submit(connections.close_all)

    def _read(self, last: Any) -> Chunk:
        """The rows after a key, as the list presents them, how many, and the key of the last of them."""
        with self.job.read() as actor:
            assert actor
            page = reopen(self.selection, actor)
            rows, order = self.selection.rows(page), page.sorting()
            found = follow(rows, order, last, CHUNK, keys_only=page.reads_by_key)
            page.disclose(found, is_export=True)
            return page.present(found), len(found), place_of(found[-1], order) if found else last
