"""The PostgreSQL server that comes with Bailiwick, run on one data folder."""

import hashlib
import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import psutil

from bailiwick.runtime.accounts import Account, server_account
from bailiwick.runtime.errors import StartError
from bailiwick.runtime.files import exclusive, require_writable, secret, write_private
from bailiwick.runtime.postgres_settings import configuration
from bailiwick.runtime.processes import end, find_process
from bailiwick.runtime.server_files import Server, locate_server

MAJOR = 18
DATABASE, SUPERUSER, OWNER, RUNTIME = "bailiwick", "postgres", "app_owner", "app_user"
SHARED_HOME = Path("/var/lib/bailiwick")
# A socket's path has at most 103 bytes on macOS and 107 on Linux; the longest name there is ".s.PGSQL.5432.lock".
LONGEST_SOCKET_FOLDER = 84
LONGEST_LOG = 20_000_000


class EmbeddedPostgres:
    """One server on `data`; any number of processes may hold such an object and start it. `say` gets a line to show."""

    def __init__(self, data: Path, say: Callable[[str], None] = lambda line: None) -> None:
        self.data = data.resolve()
        self.say = say

    def start(self) -> "EmbeddedPostgres":
        """Start the server, or use the one that runs; StartError says why it cannot."""
        require_writable(self.data)
        with exclusive(self.data / "run" / "postgres.lock"):
            home, account, server = self._place()
            if not (self._cluster / "PG_VERSION").exists():
                self._initialise(home, account, server)
            self._check_version()
            changed = self._configure(home, account)
            if self._postmaster() is None:
                self._launch(account, server)
            elif changed:
                account.run(server.program("pg_ctl"), "reload", "-D", self._cluster)
            self._prepare_roles()
        return self

    def stop(self) -> None:
        """Stop the server, whoever started it, and wait until it is gone."""
        with exclusive(self.data / "run" / "postgres.lock"):
            if self._postmaster() is None:
                return
            _, account, server = self._place()
            command = (
                server.program("pg_ctl"),
                "stop",
                "-D",
                self._cluster,
                "-w",
                "-t",
                "30",
                "-m",
            )
            if account.run(*command, "fast").returncode:
                account.run(*command, "immediate")

    def is_running(self) -> bool:
        """Whether a server runs on this data folder."""
        return self._postmaster() is not None

    @property
    def home(self) -> Path:
        """Where cluster, socket and logs really are."""
        return (self.data / "postgres").resolve()

    @property
    def socket_folder(self) -> Path:
        """The folder of the running server's socket, as the server itself recorded it."""
        try:
            return Path((self._cluster / "postmaster.pid").read_text().splitlines()[4])
        except (OSError, IndexError) as error:
            raise StartError(f"No PostgreSQL runs on {self.data}: start it with `bailiwick up`.") from error

    @property
    def owner_url(self) -> str:
        """For `migrate` and for tests that make databases."""
        return self.url(OWNER, secret(self.data, OWNER))

    @property
    def runtime_url(self) -> str:
        """For everything that serves people."""
        return self.url(RUNTIME, secret(self.data, RUNTIME))

    @property
    def superuser_url(self) -> str:
        """For upkeep by the user that runs the server, and by root."""
        return self.url(SUPERUSER)

    def url(self, role: str, password: str = "", database: str = DATABASE) -> str:
        """A libpq URL for a role and a database of this server."""
        login = f"{role}:{quote(password, safe='')}" if password else role
        return f"postgresql://{login}@/{database}?host={quote(str(self.socket_folder), safe='/')}"

    @property
    def _cluster(self) -> Path:
        return self.home / "data"

    def _postmaster(self) -> psutil.Process | None:
        return find_process(self._cluster / "postmaster.pid", str(self._cluster))

    def _place(self) -> tuple[Path, Account, Server]:
        """Find or make the home, without changing the mode of any folder that exists."""
        account = server_account(self._cluster)
        link, is_root = self.data / "postgres", os.geteuid() == 0
        shared = SHARED_HOME / hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        if link.is_symlink():
            self._check_link(link)
        elif not link.exists() and is_root and not account.may_enter(self.data):
            self._make_shared(shared)
            link.symlink_to(shared)
            self.say(f"{self.data} is closed to the user {account.name}: the database lives in {shared}")
        elif not link.exists():
            link.mkdir()
            link.chmod(0o755 if is_root else 0o700)
        if not account.may_enter(self.home) or not account.may_enter_or_make(self._cluster):
            raise StartError(f"{account.name} cannot enter the database's folder {self.home}: start as its owner.")
        for name in ("socket", "log"):
            account.make_folder(self.home / name)
        return self.home, account, locate_server(account, shared if is_root else None)

    def _check_link(self, link: Path) -> None:
        if not self.home.exists():
            raise StartError(
                f"{link} leads to {self.home}, which is gone: put it back, or remove the link to start anew."
            )
        note = self.home / "data-folder"
        former = Path(note.read_text()) if note.exists() else self.data
        if former != self.data and (former / "postgres").exists() and (former / "postgres").resolve() == self.home:
            raise StartError(
                f"{link} is a copy and leads to the database of {former}: remove it to start with an empty one."
            )

    def _make_shared(self, shared: Path) -> None:
        if shared.exists():
            # The data folder that this belonged to was removed: the new one starts empty, and nothing is lost.
            orphan = find_process(shared / "data" / "postmaster.pid", str(shared / "data"))
            end([orphan] if orphan else [], grace=10, first=signal.SIGINT)
            aside = shared.rename(shared.with_name(f"{shared.name}.{time.time_ns()}"))
            self.say(f"The database of a removed data folder was kept in {aside}")
        for folder in (SHARED_HOME, shared):
            if not folder.exists():
                folder.mkdir(parents=True)
                folder.chmod(0o755)
        (shared / "data-folder").write_text(str(self.data))

    def _initialise(self, home: Path, account: Account, server: Server) -> None:
        scratch = home / "data.new"
        shutil.rmtree(scratch, ignore_errors=True)
        account.make_folder(scratch)
        # The built-in provider sorts and folds alike on every system, whatever the shell's locale is.
        options = (
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        )
        rules = (
            "--auth=reject",
            "--auth-local=peer",
            f"--username={SUPERUSER}",
            "--no-instructions",
        )
        result = account.run(server.program("initdb"), "-D", scratch, *options, *rules)
        if result.returncode:
            raise StartError(f"PostgreSQL could not make its data folder in {home}: {_last_line(result.stderr)}")
        scratch.rename(self._cluster)

    def _check_version(self) -> None:
        found = (self._cluster / "PG_VERSION").read_text().strip()
        if found != str(MAJOR):
            raise StartError(
                f"The data in {self._cluster} is of PostgreSQL {found}, this release runs {MAJOR}: "
                "restore a dump into a new data folder."
            )

    def _configure(self, home: Path, account: Account) -> bool:
        peers = {account.name, "root"} if os.geteuid() == 0 else {account.name}
        files = configuration(self._choose_socket_folder(home, account), SUPERUSER, peers)
        changed = False
        for name, text in files.items():
            path = self._cluster / name
            if not path.exists() or path.read_text() != text:
                write_private(path, text)
                os.chown(path, account.uid, account.gid)
                changed = True
        return changed

    def _choose_socket_folder(self, home: Path, account: Account) -> Path:
        folder = home / "socket"
        if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
            return folder
        folder = account.make_folder(Path("/tmp") / f"bailiwick-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}")
        if folder.is_symlink() or folder.stat().st_uid != account.uid or folder.stat().st_mode & 0o077:
            raise StartError(f"{folder}, needed for the database's socket, belongs to somebody else: remove it.")
        return folder

    def _launch(self, account: Account, server: Server) -> None:
        self._clear_remains()
        log = self.home / "log" / "postgres.log"
        if log.exists() and log.stat().st_size > LONGEST_LOG:
            log.replace(log.with_suffix(".log.1"))
        command = (
            server.program("pg_ctl"),
            "start",
            "-D",
            self._cluster,
            "-l",
            log,
            "-w",
            "-t",
            "120",
        )
        deadline = time.monotonic() + 30
        while True:
            seen = log.stat().st_size if log.exists() else 0
            if not account.run(*command).returncode:
                return
            said = log.read_bytes()[seen:].decode(errors="replace") if log.exists() else ""
            # The last processes of a killed server need a moment to notice.
            if "pre-existing shared memory block" not in said or time.monotonic() > deadline:
                raise StartError(f"PostgreSQL did not start: {_last_fatal(said)} (see {log}).")
            time.sleep(0.3)

    def _clear_remains(self) -> None:
        """Wait for the last processes of a killed server, then drop its lock files where their number lives on.

        PostgreSQL drops them itself unless another program, or an uncollected zombie, has the number now.
        """
        deadline = time.monotonic() + 10
        while any(process.info["cwd"] == str(self._cluster) for process in psutil.process_iter(["cwd"])):
            if time.monotonic() > deadline:
                return
            time.sleep(0.1)
        socket_folder = self._choose_socket_folder(self.home, server_account(self._cluster))
        for lock in (
            self._cluster / "postmaster.pid",
            socket_folder / ".s.PGSQL.5432.lock",
        ):
            if lock.exists() and psutil.pid_exists(int(lock.read_text().split(maxsplit=1)[0])):
                lock.unlink()

    def _prepare_roles(self) -> None:
        import psycopg

        from bailiwick.runtime.roles import ensure_role, grant_runtime, limit_runtime

        with psycopg.connect(self.url(SUPERUSER, database="template1"), autocommit=True) as connection:
            ensure_role(connection, OWNER, secret(self.data, OWNER), "CREATEDB")
            ensure_role(connection, RUNTIME, secret(self.data, RUNTIME))
            limit_runtime(connection, RUNTIME)
            # What template1 holds, every database made later has too: the application's and the tests'.
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
            grant_runtime(connection, OWNER, RUNTIME)
        with psycopg.connect(self.url(SUPERUSER, database="postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
                connection.execute(f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC")
                connection.execute(f"GRANT CONNECT ON DATABASE {DATABASE} TO {RUNTIME}")


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it left no message"


def _last_fatal(log: str) -> str:
    return _last_line("\n".join(line for line in log.splitlines() if "FATAL" in line) or log)
