"""Which servers an installation uses, said to its parts through their environment."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bailiwick.runtime.errors import StartError
from bailiwick.runtime.keys import keys
from bailiwick.runtime.places import settings_module
from bailiwick.runtime.postgres import EmbeddedPostgres
from bailiwick.runtime.valkey import EmbeddedValkey


@dataclass(frozen=True, slots=True)
class Servers:
    """The embedded servers in use; None where the environment names another."""

    postgres: EmbeddedPostgres | None
    valkey: EmbeddedValkey | None

    @property
    def are_embedded(self) -> bool:
        return self.postgres is not None and self.valkey is not None

    def stop(self) -> None:
        if self.valkey:
            self.valkey.stop()
        if self.postgres:
            self.postgres.stop()


def choose_servers(data: Path, say: Callable[[str], None] = print) -> Servers:
    """Embedded, except where DATABASE_URL or REDIS_URL is set."""
    return Servers(
        postgres=None if os.environ.get("DATABASE_URL") else EmbeddedPostgres(data, say),
        valkey=None if os.environ.get("REDIS_URL") else EmbeddedValkey(data),
    )


def describe(data: Path, servers: Servers, *, migrates: bool = False) -> dict[str, str]:
    """The environment of a part: the URLs of servers that run, and in development the generated keys."""
    environment = {
        "BAILIWICK_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": settings_module(),
    }
    if servers.postgres:
        urls = servers.postgres.runtime_url, servers.postgres.owner_url
    else:
        from bailiwick.runtime.given import database_urls

        given = os.environ["DATABASE_URL"], os.environ.get("DATABASE_OWNER_URL", "")
        urls = database_urls(data, *given, migrates=migrates)
    environment |= dict(zip(("DATABASE_URL", "DATABASE_OWNER_URL"), urls, strict=True))
    environment["REDIS_URL"] = servers.valkey.url if servers.valkey else os.environ["REDIS_URL"]
    return environment | keys(data)


def require_running(servers: Servers) -> None:
    """Refuse to start a part alone while an embedded server that it needs does not run."""
    for server, name, variable in (
        (servers.postgres, "PostgreSQL", "DATABASE_URL"),
        (servers.valkey, "Valkey", "REDIS_URL"),
    ):
        if server and not server.is_running():
            raise StartError(
                f"No {name} runs on {server.data}: set {variable}, or start everything with `bailiwick up`."
            )
