"""The installation's own file of seals, one for each organisation."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from django.conf import settings

from bailiwick.kernel.audit.values import AnchorLine

ENDING = ".jsonl"
LONGEST_LINE = 4096
"""Bytes in which the last line of a file is looked for."""


class AnchorFile:
    """The seals of one organisation, a line each, as one process holds them open; nothing is ever taken out."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._cut_off()

    @property
    def last(self) -> AnchorLine | None:
        """The newest line."""
        return _last_line(self._tail())

    def append(self, line: AnchorLine) -> None:
        """On the disk when it returns; raises OSError."""
        content = f"{line.text}\n".encode()
        if os.write(self._descriptor, content) < len(content):
            self._cut_off()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(self._descriptor)

    def _cut_off(self) -> None:
        """What a crash left of a line was no anchor yet."""
        tail = self._tail()
        if tail and not tail.endswith(b"\n"):
            os.ftruncate(self._descriptor, os.fstat(self._descriptor).st_size - len(tail.rpartition(b"\n")[2]))

    def _tail(self) -> bytes:
        return os.pread(self._descriptor, LONGEST_LINE, max(0, os.fstat(self._descriptor).st_size - LONGEST_LINE))


def place_of(organization_id: UUID) -> Path:
    """Where an organisation's seals are kept on this machine."""
    return Path(settings.ANCHORS_FOLDER) / f"{organization_id}{ENDING}"


@contextmanager
def anchor_file(path: Path) -> Iterator[AnchorFile]:
    """The file, made when it is not there, for one process at a time; raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    is_new = not path.exists()
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield AnchorFile(descriptor)
        if is_new:
            _sync_folder(path.parent)
    finally:
        os.close(descriptor)


def read_last(path: Path) -> AnchorLine | None:
    """The newest seal in a file, or None; raises OSError where it cannot be read."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - LONGEST_LINE))
        return _last_line(file.read())


def list_files() -> list[Path]:
    """Every file of seals on this machine."""
    return sorted(Path(settings.ANCHORS_FOLDER).glob(f"*{ENDING}"))


def _last_line(tail: bytes) -> AnchorLine | None:
    lines = tail.decode(errors="replace").splitlines()
    return AnchorLine.of(lines[-1]) if lines else None


def _sync_folder(folder: Path) -> None:
    """A name that a power cut takes away would take its lines along."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
