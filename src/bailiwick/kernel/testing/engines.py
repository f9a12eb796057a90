"""The engines that tests run on: one pair for all runs at one time, stopped by the last one that leaves."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from bailiwick.runtime.places import project_root
from bailiwick.runtime.postgres import EmbeddedPostgres
from bailiwick.runtime.valkey import EmbeddedValkey

DATA = project_root() / "var" / "test"
CACHES = 16
"""How many databases a Valkey server has; each worker uses one."""


class Engines:
    """PostgreSQL and Valkey below var/test; whoever uses them holds a shared lock."""

    def __init__(self) -> None:
        DATA.mkdir(parents=True, exist_ok=True)
        self.postgres, self.valkey = EmbeddedPostgres(DATA), EmbeddedValkey(DATA)
        self._users: IO[str] | None = None

    def start(self) -> None:
        """Start both or use those that run; until `leave` no other run stops them."""
        self._users = (DATA / "users.lock").open("w")
        fcntl.flock(self._users, fcntl.LOCK_SH)
        self.postgres.start()
        self.valkey.start()

    def leave(self) -> None:
        """Stop both unless another run uses them."""
        assert self._users is not None
        with self._users, suppress(BlockingIOError):
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.valkey.stop()
            self.postgres.stop()
            for counts in (DATA / "run" / "metrics").glob("*.db"):
                counts.unlink(missing_ok=True)

    def environment(self, database: str, worker: int) -> dict[str, str]:
        """What the settings read: the roles' addresses of one database, and a cache of its own for each worker."""
        runtime, owner = (url.replace("/bailiwick?", f"/{database}?") for url in self._urls())
        cache = self.valkey.url.removesuffix("/0") + f"/{worker % CACHES}"
        return {"DATABASE_URL": runtime, "DATABASE_OWNER_URL": owner, "REDIS_URL": cache, "BAILIWICK_DATA": str(DATA)}

    def superuser_url(self, database: str = "postgres") -> str:
        return self.postgres.superuser_url.replace("/bailiwick?", f"/{database}?")

    def _urls(self) -> tuple[str, str]:
        return self.postgres.runtime_url, self.postgres.owner_url


@contextmanager
def exclusively(name: str) -> Iterator[None]:
    """One process at a time, of this run and of others."""
    with (DATA / name).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def source_root() -> Path:
    return Path(__file__).resolve().parents[2]
