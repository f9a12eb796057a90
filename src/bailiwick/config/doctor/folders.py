"""What the disk says."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from bailiwick.config.doctor.findings import Finding, bad, ok, warn

LITTLE, NEARLY_NOTHING = 0.10, 0.03
SAMPLE = 1000
OTHERS, ALL_BUT_ME = 0o007, 0o077


def look_at_storage(storage: Path) -> Iterator[Finding]:
    """Whether files can be kept, and from whom."""
    try:
        storage.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=storage):
            pass
    except OSError as error:
        yield bad(
            f"Files cannot be kept in {storage} ({error.strerror})",
            "Make it a folder of the user that Bailiwick runs as.",
        )
        return
    files = (path for path in storage.glob("files/*/*") if path.is_file())
    if found := _open_to(OTHERS, [storage, *islice(files, SAMPLE)]):
        yield bad(f"Other users of this machine can read {found}", f"chmod -R u=rwX,go= {storage}")
    else:
        yield ok("Files can be kept, and nobody else reads them")


def look_at_secrets(folder: Path) -> Iterator[Finding]:
    if found := _open_to(ALL_BUT_ME, [path for path in folder.glob("*") if path.is_file()]):
        yield bad(f"Other users of this machine can read the secret {found}", f"chmod -R go= {folder}")


def _open_to(others: int, paths: Iterable[Path]) -> Path | None:
    return next((path for path in paths if stat.S_IMODE(path.stat().st_mode) & others), None)


def look_at_disk(folder: Path) -> Iterator[Finding]:
    usage = shutil.disk_usage(folder if folder.exists() else folder.anchor)
    yield from judge_disk(folder, usage.free, usage.total)


def judge_disk(folder: Path, free: int, total: int) -> Iterator[Finding]:
    """`free` and `total` in bytes."""
    told = f"{free >> 20:,} MB are free under {folder} ({free / total:.0%})"
    remedy = "Make room: old backups, logs, other programs' files."
    if free < NEARLY_NOTHING * total:
        yield bad(told, remedy)
    elif free < LITTLE * total:
        yield warn(told, remedy)
    else:
        yield ok(told)


def look_at_static(static: Path, build: Path) -> Iterator[Finding]:
    if not (static / ".collected").exists() or not any(static.glob("build/*")):
        why = "Run `bailiwick prepare`." if any(build.glob("*")) else "Run `make frontend`, then `bailiwick prepare`."
        yield bad(f"Pages have no styles: nothing was collected in {static}", why)
    elif not os.access(static, os.R_OK | os.X_OK):
        yield bad(
            f"{static} cannot be read by this user", "Run `bailiwick prepare` as the user that Bailiwick runs as."
        )
