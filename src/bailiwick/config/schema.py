"""Brings the database and the static files up to the code; called before anything serves."""

import os
from hashlib import sha256
from pathlib import Path

from bailiwick.runtime.errors import StartError

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
            call_command("setup_roles")
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATE_LOCK])


def migrate_as_of(applied: list[tuple[str, str]]) -> None:
    """Bring an empty schema to the state in which these migrations are applied, as the owner of the tables.

    Raises StartError for migrations that this release does not have, and for a schema that is further already.
    """
    os.environ["BAILIWICK_DATABASE_ROLE"] = "owner"
    import django
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    django.setup()
    executor = MigrationExecutor(connection)
    graph, wanted = executor.loader.graph, set(applied)
    if unknown := sorted(wanted - set(graph.nodes)):
        raise StartError(f"The backup is of a later release: this one has no migration {'.'.join(unknown[0])}.")
    if further := sorted(set(executor.loader.applied_migrations) - wanted):
        raise StartError(f"The database has {'.'.join(further[0])} already: restore into an empty one.")
    last = [key for key in wanted if not any(child.key in wanted for child in graph.node_map[key].children)]
    executor.migrate(sorted(last))
    connection.close()


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


def write_offline_page() -> None:
    """The page for the reverse proxy, in the words of this release."""
    from django.core.management import call_command

    call_command("write_offline_page", verbosity=0)
