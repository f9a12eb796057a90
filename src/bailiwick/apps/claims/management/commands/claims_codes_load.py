"""`bailiwick codes load SYSTEM [FILE] --organization SLUG`: a release of a code system, at the machine."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from bailiwick.apps.claims.actions.codes import load_file
from bailiwick.apps.claims.actions.packaged import VALID_FROM, load_packaged
from bailiwick.apps.claims.choices import CodeSystem
from bailiwick.apps.claims.models import CodeSet
from bailiwick.apps.claims.values.codes import NewRelease
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import DomainError, InvalidInput
from bailiwick.kernel.base.identifiers import new_uuid7
from bailiwick.kernel.identity.choices import Credential
from bailiwick.kernel.tenancy.queries import find_organization
from bailiwick.kernel.tenancy.scope import enter


class Command(BaseCommand):
    help = "Load a release of a code system. Without a file: the ICD-10-CM that comes with the installation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("system", choices=CodeSystem.values, help="the code system")
        parser.add_argument(
            "file",
            type=Path,
            nargs="?",
            help="CMS's order file (ICD-10), CMS's ANWEB file (HCPCS, modifiers), or a table with code and title",
        )
        parser.add_argument("--organization", required=True, metavar="SLUG", help="whose list it is")
        parser.add_argument("--release", default="", help="what the release is called, such as 2026-10")
        parser.add_argument("--valid-from", type=date.fromisoformat, help="the first day, as 2026-10-01")
        parser.add_argument("--valid-until", type=date.fromisoformat, help="the last day, where it is known")
        parser.add_argument("--source", default="", help="where the list comes from; the name of the file otherwise")
        parser.add_argument("--licence", default="", help="by which licence the organisation uses it")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = find_organization(options["organization"])
        if organization is None:
            raise CommandError(_("There is no organisation {slug}.").format(slug=options["organization"]))
        try:
            with enter(organization.id, request_id=str(new_uuid7())):
                code_set, is_new = self._load(ActorRef(organization.id, None, Credential.SYSTEM), options)
        except InvalidInput as refusal:
            raise CommandError("\n".join(each for every in refusal.fields.values() for each in every)) from None
        except DomainError as refusal:
            raise CommandError(str(refusal)) from None
        told = _("{set}: {count} codes loaded.") if is_new else _("{set} was loaded before: {count} codes.")
        self.stdout.write(told.format(set=code_set, count=code_set.count))

    def _load(self, actor: ActorRef, options: dict[str, Any]) -> tuple[CodeSet, bool]:
        path, system = options["file"], options["system"]
        if path is None:
            if system != CodeSystem.ICD10CM:
                raise CommandError(_("Give a file: ICD-10-CM alone comes with the installation."))
            return load_packaged(actor=actor, valid_from=options["valid_from"] or VALID_FROM)
        if not options["release"] or options["valid_from"] is None:
            raise CommandError(_("Say which release the file is, and from when it holds: --release, --valid-from."))
        new = NewRelease(
            system,
            options["release"],
            options["valid_from"],
            options["source"] or path.name,
            options["valid_until"],
            options["licence"],
        )
        try:
            content = path.open("rb")
        except OSError as fault:
            raise CommandError(f"{path}: {fault.strerror}") from None
        with content:
            return load_file(actor=actor, new=new, content=content)
