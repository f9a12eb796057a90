"""Private files of a data folder: secrets, locks and state."""

import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bailiwick.runtime.errors import StartError


def private_folder(path: Path) -> Path:
    """Make a folder that only its owner can enter; an existing folder keeps its mode."""
    try:
        path.mkdir(parents=True, mode=0o700, exist_ok=True)
    except OSError as error:
        raise StartError(
            f"The folder {path} cannot be made ({error.strerror}): choose another with BAILIWICK_DATA."
        ) from error
    return path


def require_writable(data: Path) -> None:
    """Make the data folder if it is missing; refuse one that cannot be written."""
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StartError(f"The data folder {data} cannot be made ({error.strerror}): set BAILIWICK_DATA.") from error
    if not os.access(data, os.W_OK | os.X_OK):
        raise StartError(
            f"The data folder {data} cannot be written by this user: change its owner or set BAILIWICK_DATA."
        )


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step by one that only its owner can read."""
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    scratch.unlink(missing_ok=True)
    with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    scratch.replace(path)


def new_secret() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def secret(data: Path, name: str, make: Callable[[], str] = new_secret) -> str:
    """The installation's generated secret of that name, made at its first use (256 bits)."""
    path = private_folder(data / "secrets") / name
    if not path.exists():
        with exclusive(path.with_name(f".{name}.lock")):
            if not path.exists():
                write_private(path, make())
    try:
        return path.read_text().strip()
    except PermissionError as error:
        raise StartError(
            f"The secret {path} belongs to another user: start as that user or set BAILIWICK_DATA."
        ) from error


@contextmanager
def exclusive(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold a lock file among processes; without `wait` a lock that is held raises BlockingIOError."""
    private_folder(path.parent)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError as error:
        raise StartError(
            f"The file {path} belongs to another user: start as that user or set BAILIWICK_DATA."
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(descriptor)
