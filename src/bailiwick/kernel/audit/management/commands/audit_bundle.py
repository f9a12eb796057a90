"""`bailiwick audit bundle SLUG FILE`: what is sealed of an organisation, for the verifier that needs no platform."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bailiwick.kernel.audit.actions import seal_rows
from bailiwick.kernel.audit.queries.verification import write_bundle
from bailiwick.kernel.tenancy.queries import find_organization
from bailiwick.kernel.tenancy.scope import enter


class Command(BaseCommand):
    help = "Write the trail of an organisation with its seals, unmasked, to a file that must not exist."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("organization", metavar="SLUG", help="whose trail it is")
        parser.add_argument("file", type=Path, help="the file to write (JSON lines, compressed by gzip)")

    def handle(self, *args: Any, organization: str, file: Path, **options: Any) -> None:
        found = find_organization(organization)
        if found is None:
            raise CommandError(f"There is no organisation {organization}.")
        with enter(found.id):
            seal_rows()
        try:
            with file.open("xb") as opened:
                file.chmod(0o600)
                count = write_bundle(found, opened)
        except OSError as fault:
            raise CommandError(str(fault)) from None
        self.stdout.write(f"{count} rows of {found.slug} are in {file}.")
