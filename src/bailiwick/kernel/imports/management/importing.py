"""The import of the pages, by command: `bailiwick APP import FILE --organization SLUG --login NAME [--wait]`."""

import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, BinaryIO, ClassVar
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.entry import acting_as
from bailiwick.kernel.base.errors import DomainError, InvalidInput
from bailiwick.kernel.base.identifiers import new_uuid7
from bailiwick.kernel.imports.actions import open_import, start_import
from bailiwick.kernel.imports.queries import get_import
from bailiwick.kernel.imports.values import Importer
from bailiwick.kernel.jobs.models import Job

PAUSE = 0.5


class ImportCommand(BaseCommand):
    """An app says its importer. Exits with 1 when rows were rejected."""

    importer: ClassVar[Importer]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, help="CSV, XLSX or JSON lines; CSV and JSON lines may be compressed with gzip"
        )
        parser.add_argument("--organization", required=True, metavar="SLUG", help="whose they are")
        parser.add_argument("--login", required=True, metavar="NAME", help="the person in whose name they come in")
        parser.add_argument("--wait", action="store_true", help="follow the import to its end")

    def handle(self, *args: Any, **options: Any) -> None:
        self.entry = options["organization"], options["login"], str(new_uuid7())
        try:
            opened = self._start(options)
            self.stdout.write(_("Import {id} has started.").format(id=opened.id))
            if options["wait"]:
                self._follow(opened.id)
        except InvalidInput as refusal:
            raise CommandError(" ".join(each for sentences in refusal.fields.values() for each in sentences)) from None
        except DomainError as refusal:
            raise CommandError(str(refusal)) from None

    def open(self, actor: Actor, upload: tuple[str, BinaryIO], options: dict[str, Any]) -> Any:
        return open_import(self.importer, actor=actor, upload=upload)

    def _start(self, options: dict[str, Any]) -> Any:
        path: Path = options["file"]
        try:
            content = path.open("rb")
        except OSError as fault:
            raise CommandError(f"{path}: {fault.strerror}") from None
        with content, acting_as(*self.entry) as actor:
            opened = self.open(actor, (path.name, content), options)
            return start_import(self.importer, actor=actor, import_id=opened.id)

    def _follow(self, import_id: UUID) -> None:
        """Tell how far it is until it is over, then what became of the rows."""
        told = ""
        while True:
            with acting_as(*self.entry) as actor:
                opened = get_import(self.importer, actor, import_id)
            job = opened.job
            assert job
            if (line := self._progress(job)) != told:
                self.stdout.write(line)
                told = line
            if job.is_over:
                return self._conclude(opened, job)
            time.sleep(PAUSE)

    def _progress(self, job: Job) -> str:
        total = "?" if job.total is None else job.total
        return _("{done} of {total} rows, {rejected} rejected ({state})").format(
            done=job.done, total=total, rejected=job.rejected, state=job.get_state_display()
        )

    def _conclude(self, opened: Any, job: Job) -> None:
        self.stdout.write(
            _("{created} stored, {repeated} recognised, {rejected} rejected.").format(
                created=opened.created, repeated=opened.repeated, rejected=opened.rejected
            )
        )
        if job.error:
            self.stderr.write(job.error)
        if opened.rejected_file:
            told = _("The rejected rows are in the file {name}: /files/{id}/")
            self.stdout.write(told.format(name=opened.rejected_file.name, id=opened.rejected_file.id))
        if opened.rejected or job.error:
            sys.exit(1)
