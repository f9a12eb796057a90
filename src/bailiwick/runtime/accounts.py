"""The system user under which the database server runs: PostgreSQL refuses to run as root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bailiwick.runtime.errors import StartError

SYSTEM_USER = "bailiwick"

# PG* variables and the locale of a shell would change what the server's programs do.
_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine."""

    name: str
    uid: int
    gid: int

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a program as this user and collect what it says."""
        other = os.geteuid() != self.uid
        return subprocess.run(
            command,
            user=self.uid if other else None,
            group=self.gid if other else None,
            extra_groups=() if other else None,
            env=_ENVIRONMENT,
            cwd="/",
            text=True,
            errors="replace",
            capture_output=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )

    def may_enter(self, folder: Path) -> bool:
        """Whether this user can reach what lies in `folder`, asked of the system itself."""
        return self.run("test", "-x", folder).returncode == 0

    def may_enter_or_make(self, folder: Path) -> bool:
        """Whether `folder` is missing, or open to this user."""
        return self.may_enter(folder) or self.run("test", "-e", folder).returncode != 0

    def make_folder(self, path: Path) -> Path:
        """Make a folder that this user alone can enter; an existing one is left as it is."""
        if not path.exists():
            path.mkdir(mode=0o700)
            os.chown(path, self.uid, self.gid)
        return path


def server_account(data: Path) -> Account:
    """Who runs the server on the folder `data`: its owner, else the present user, for root a system user."""
    if os.geteuid() != 0:
        return _account_of(os.geteuid())
    if data.exists() and (owner := data.stat().st_uid) != 0:
        return _account_of(owner)
    return _system_account()


def _account_of(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError as error:
        raise StartError(
            f"User number {uid} has no name on this machine, which PostgreSQL needs: add the user."
        ) from error
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _system_account() -> Account:
    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        command = [
            "useradd",
            "--system",
            "--user-group",
            "--no-create-home",
            "--shell",
            "/usr/sbin/nologin",
            SYSTEM_USER,
        ]
        try:
            subprocess.run(command, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise StartError(
                f"PostgreSQL does not run as root and the user {SYSTEM_USER} could not be added: "
                "add it, or start as another user."
            ) from error
        entry = pwd.getpwnam(SYSTEM_USER)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
