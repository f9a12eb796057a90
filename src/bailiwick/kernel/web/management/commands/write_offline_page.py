"""The page that a reverse proxy shows while Bailiwick itself does not answer."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandParser
from django.template.loader import render_to_string

NAME = "offline.html"


class Command(BaseCommand):
    help = "Write the page that stands alone: one file, all languages, no script, nothing to load."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, default=Path(settings.STATIC_ROOT) / NAME, help="the file to write")

    def handle(self, *args: Any, **options: Any) -> None:
        target = Path(options["to"])
        target.parent.mkdir(parents=True, exist_ok=True)
        languages = [code for code, _name in settings.LANGUAGES]
        target.write_text(render_to_string("web/offline.html", {"languages": languages}), encoding="utf-8")
        self.stdout.write(str(target))
