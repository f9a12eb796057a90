"""`bailiwick audit verify [--organization SLUG] [--anchors FILE]`: whether everything is as it was sealed."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bailiwick.kernel.audit.gateways import list_files
from bailiwick.kernel.audit.queries.verification import verify
from bailiwick.kernel.audit.verifier import Anchor, Unreadable, read_anchors
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.queries import list_organizations


class Command(BaseCommand):
    help = "Check every seal and every row behind it. Exits with 1 when something is not as it was sealed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", action="append", metavar="SLUG", help="one alone; may be repeated")
        parser.add_argument(
            "--anchors",
            action="append",
            metavar="FILE",
            help="a file of anchors; may be repeated. Without it those that the installation keeps",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            anchors = read_anchors(options["anchors"] or map(str, list_files()))
        except (Unreadable, OSError) as fault:
            raise CommandError(str(fault), returncode=2) from None
        wanted, known = options["organization"], list_organizations()
        if unknown := set(wanted or ()) - {each.slug for each in known}:
            raise CommandError(f"There is no organisation {', '.join(sorted(unknown))}.", returncode=2)
        if options["anchors"] and wanted:
            own = {anchor.organization for anchor in anchors}
            if bare := [each.slug for each in known if each.slug in wanted and str(each.id) not in own]:
                raise CommandError(f"None of the anchors is of {', '.join(bare)}.", returncode=2)
        count = sum(self._verify(each, anchors) for each in known if not wanted or each.slug in wanted)
        if count + (0 if wanted else self._tell_lost(known, anchors)):
            sys.exit(1)

    def _verify(self, organization: Organization, anchors: Sequence[Anchor]) -> int:
        chain = verify(organization, anchors, lambda finding: self.stdout.write(str(finding)))
        self.stdout.write("\n".join(chain.report()))
        return chain.findings

    def _tell_lost(self, known: Sequence[Organization], anchors: Sequence[Anchor]) -> int:
        """Organisations that were anchored and are gone."""
        lost = sorted({anchor.organization for anchor in anchors} - {str(each.id) for each in known})
        for each in lost:
            self.stdout.write(f"({each}), block 1 is missing, and so is the organisation")
        return len(lost)
