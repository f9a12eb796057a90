"""`bailiwick manage seed_demo`: the demo organisations, once, on a developer's machine only."""

import json
import os
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from bailiwick.kernel.access.demo import seed


class Command(BaseCommand):
    help = "Make the demo organisations and write demo-credentials.json (mode 600)."

    def handle(self, *args: Any, **options: Any) -> None:
        if getattr(settings, "PRODUCTION", False) or not getattr(settings, "DEMO_DATA", False):
            raise CommandError("Demo data is made with development settings only.")
        path = settings.DATA_FOLDER / "demo-credentials.json"
        if path.exists():
            self.stdout.write("The demo organisations are there already.")
            return
        port = os.environ.get("BAILIWICK_PORT") or "8000"
        credentials = seed(f"http://localhost:{port}")
        _analyze()
        path.touch(mode=0o600)
        path.write_text(json.dumps(credentials.as_json(), indent=2) + "\n")


def _analyze() -> None:
    """Have the server look at the new rows: left alone it plans for empty tables until a minute has passed."""
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as connection:
        connection.execute("ANALYZE")
