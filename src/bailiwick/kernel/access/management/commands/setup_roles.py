"""`bailiwick setup-roles`: the declared roles in every organisation; at every migration by itself."""

from typing import Any

from django.core.management.base import BaseCommand

from bailiwick.kernel.access.actions.roles import setup_roles
from bailiwick.kernel.tenancy.queries import each_organization


class Command(BaseCommand):
    help = "Write the declared roles into every organisation. What is there already, or was edited there, is kept."

    def handle(self, *args: Any, **options: Any) -> None:
        for _scope in each_organization():
            setup_roles()
