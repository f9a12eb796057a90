"""The page that a reverse proxy shows while Bailiwick itself does not answer."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandParser
from django.template.loader import render_to_string

READABLE_BY_ALL = 0o644


class Command(BaseCommand):
    help = "Write the page that stands alone: one file, all languages, no script, nothing to load."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, default=settings.OFFLINE_PAGE, help="the file to write")

    def handle(self, *args: Any, **options: Any) -> None:
        target = Path(options["to"])
        target.parent.mkdir(parents=True, exist_ok=True)
        styles = render_to_string("web/_offline.css")
        page = {
            "languages": [code for code, _name in settings.LANGUAGES],
            "styles": styles,
            # The page brings its policy along: nothing but these very styles.
            "digest": b64encode(sha256(styles.encode()).digest()).decode(),
        }
        target.write_text(render_to_string("web/offline.html", page), encoding="utf-8")
        # The proxy is another user.
        target.chmod(READABLE_BY_ALL)
        if options["verbosity"]:
            self.stdout.write(str(target))
