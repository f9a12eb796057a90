"""`bailiwick claims import FILE --organization SLUG --login NAME [--wait]`: the import of the page, by command."""

from argparse import ArgumentParser
from typing import Any, BinaryIO

from bailiwick.apps.claims.actions.imports import CLAIMS, open_import
from bailiwick.apps.claims.models import ClaimImport
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.imports.management.importing import ImportCommand


class Command(ImportCommand):
    help = "Bring claims in from a file: CSV, XLSX or JSON lines. Exits with 1 when claims were rejected."
    importer = CLAIMS

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--add-parties", action="store_true", help="add patients and providers that are not there yet"
        )

    def open(self, actor: Actor, upload: tuple[str, BinaryIO], options: dict[str, Any]) -> ClaimImport:
        return open_import(actor=actor, upload=upload, adds_parties=options["add_parties"])
