"""`bailiwick claims populate --organization SLUG [--claims N] [--seed S]`: claims to try the product with."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bailiwick.apps.claims.demo import populate
from bailiwick.apps.claims.demo.filling import CLAIMS, SEED
from bailiwick.kernel.tenancy.queries import find_organization

MOST = 2000


class Command(BaseCommand):
    help = "Fill an organisation with half a year of invented claims, once; prints how the people of it sign in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", required=True, metavar="SLUG", help="whose claims they are")
        parser.add_argument("--claims", type=int, default=CLAIMS, metavar="N", help=f"how many, up to {MOST}")
        parser.add_argument("--seed", type=int, default=SEED, metavar="S", help="another one, other claims")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["claims"] <= MOST:
            raise CommandError(f"Give a number of claims from 1 to {MOST}.")
        organization = find_organization(options["organization"])
        if organization is None:
            raise CommandError(f"There is no organisation {options['organization']}.")
        made = populate(organization.id, options["claims"], options["seed"])
        if made is None:
            self.stdout.write("The claims are there already.")
            return
        for role, login, password in made:
            self.stdout.write(f"{role:<18} {login:<32} {password}")
        self.stdout.write("The claims are there.")
