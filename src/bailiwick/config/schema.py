"""Brings the database and the static files up to the code; called before anything serves."""

import os
from hashlib import sha256
from pathlib import Path

# Any number that nothing else in the database locks by.
MIGRATE_LOCK = 7_215_404_311


def migrate(*, verbosity: int) -> None:
    """Run Django's migrate as the owner of the tables; of several machines one does it, the others wait."""
    os.environ["BAILIWICK_DATABASE_ROLE"] = "owner"
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATE_LOCK])
        try:
            call_command("migrate", interactive=False, verbosity=verbosity)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATE_LOCK])


def collect_static() -> None:
    """Copy, name by content and compress the static files where they have changed since the last time."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    seen = sha256(str(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for path, storage in finder.list(None):
            found = Path(storage.path(path)).stat()
            seen.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    if not stamp.exists() or stamp.read_text() != seen.hexdigest():
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(seen.hexdigest())
