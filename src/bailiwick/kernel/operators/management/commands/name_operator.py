"""`bailiwick name-operator`: who may look into the organisations of this installation."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from bailiwick.kernel.operators.actions import dismiss_operator, name_operator
from bailiwick.kernel.operators.errors import NoSuchLogin


class Command(BaseCommand):
    help = (
        "Make a person an operator of the installation, or with --end no longer one. They come in by a passkey, from an"
        " address that BAILIWICK_OPERATOR_ADDRESSES names, at /operators/."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("login", help="what the person signs in with")
        parser.add_argument("--end", action="store_true", help="let them be an operator no longer")

    def handle(self, *args: Any, login: str, end: bool, **options: Any) -> None:
        try:
            is_changed = dismiss_operator(login) if end else name_operator(login)
        except NoSuchLogin as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(_said(end, is_changed).format(login=login))


def _said(is_end: bool, is_changed: bool) -> str:
    if is_end:
        return _("{login} is no operator any more.") if is_changed else _("{login} is no operator.")
    return _("{login} is an operator now.") if is_changed else _("{login} is an operator already.")
