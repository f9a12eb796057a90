"""The matrix of rights, written down."""

from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandParser

from bailiwick.kernel.api.matrix import write_permissions


class Command(BaseCommand):
    help = "Write which right every address needs, and which roles have it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", type=Path, required=True, help="the file to write")

    def handle(self, *args: Any, **options: Any) -> None:
        Path(options["file"]).write_text(f"{write_permissions()}\n", encoding="utf-8")
