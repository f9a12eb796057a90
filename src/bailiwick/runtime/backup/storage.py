"""Files of the storage, out of one installation and into another."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bailiwick.runtime.backup.archive import BLOCK, FILES, Counter, Entry, Hashing, Tally, Writer
from bailiwick.runtime.errors import StartError

FOLDER = "storage"
# Beside what rows name: upkeep of the storage looks at the folders of organisations only.
HELD, ARRIVING = ".backup", ".restore"


class Held:
    """Links to the files of a storage: what is removed while a backup is written is kept until it is over."""

    def __init__(self, storage: Path) -> None:
        self._storage, self._links = storage, storage / HELD

    def hold(self) -> None:
        """Link whatever is not linked yet; called before the snapshot, and after it for what came in between."""
        for path in self._storage.glob("files/*/*"):
            link = self._links / path.relative_to(self._storage)
            link.parent.mkdir(parents=True, exist_ok=True)
            # Some file systems have no links: there a file that is removed meanwhile is told as missing.
            with suppress(OSError):
                os.link(path, link)

    def write(self, archive: Writer, place: str, counter: Counter) -> str:
        """Add one file and return its SHA-256; nothing when its content is not there."""
        held, lying = self._links / place, self._storage / place
        path = held if held.exists() else lying
        if not path.resolve().is_relative_to(self._storage.resolve()) or not path.is_file():
            return ""
        with path.open("rb") as file:
            size, content = os.fstat(file.fileno()).st_size, Hashing(file)
            archive.add_stream(FILES + place, size, content)
        counter.add_file(place, size, content.digest)
        return content.digest


@contextmanager
def holding(storage: Path) -> Iterator[Held]:
    links = storage / HELD
    # What a backup left that was killed.
    shutil.rmtree(links, ignore_errors=True)
    held = Held(storage)
    try:
        held.hold()
        yield held
    finally:
        shutil.rmtree(links, ignore_errors=True)


def require_empty(storage: Path) -> None:
    """Refuse a storage that holds files."""
    if next(storage.glob("files/*/*"), None):
        raise StartError(f"{storage} holds files: restore into a fresh, empty installation.")


class Arriving:
    """Files that are being restored: beside the storage until all of them are there, and found whole."""

    def __init__(self, storage: Path) -> None:
        self._storage, self._counter = storage, Counter()
        self._folder = storage / ARRIVING

    def take(self, entry: Entry) -> None:
        """Put down one file; its place stays below the storage whatever the archive says."""
        path = (self._folder / entry.place).resolve()
        if not path.is_relative_to(self._folder.resolve()):
            raise StartError(f"The backup names a place outside of the storage: {entry.place}.")
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        content = Hashing(entry.content)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            shutil.copyfileobj(content, file, BLOCK)
            file.flush()
            os.fsync(file.fileno())
        self._counter.add_file(entry.place, entry.size, content.digest)

    @property
    def tally(self) -> Tally:
        return self._counter.tally

    def settle(self) -> None:
        """Move everything to where rows look for it."""
        if (self._folder / "files").is_dir():
            shutil.rmtree(self._storage / "files", ignore_errors=True)
            (self._folder / "files").rename(self._storage / "files")

    def withdraw(self) -> None:
        """Leave the storage as empty as it was."""
        shutil.rmtree(self._storage / "files", ignore_errors=True)


@contextmanager
def arriving(storage: Path) -> Iterator[Arriving]:
    storage.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.rmtree(storage / ARRIVING, ignore_errors=True)
    (storage / ARRIVING).mkdir(mode=0o700)
    files = Arriving(storage)
    try:
        yield files
    except BaseException:
        files.withdraw()
        raise
    finally:
        shutil.rmtree(storage / ARRIVING, ignore_errors=True)
