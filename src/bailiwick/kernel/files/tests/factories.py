"""A purpose of its own, and files for it."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest

from bailiwick.kernel.base.manifest import FilePurpose, Right, Role, registry
from bailiwick.kernel.files.writing import open_writer

SEE = "tests.see"
PURPOSE = FilePurpose("tests.rows", "Rows", kinds=("csv", "jsonl", "xlsx"), right=SEE, largest=1 << 20)


def register_purpose(monkeypatch: pytest.MonkeyPatch) -> FilePurpose:
    monkeypatch.setitem(registry().files, PURPOSE.code, PURPOSE)
    monkeypatch.setitem(registry().rights, SEE, Right(SEE, "See"))
    monkeypatch.setitem(registry().roles, SEE, Role(SEE, "Seer", (SEE,)))
    return PURPOSE


def workbook(rows: Sequence[Sequence[Any]] = ((1, "x"),)) -> bytes:
    content = io.BytesIO()
    with open_writer("xlsx", content, [("a", "A"), ("b", "B")]) as writer:
        for row in rows:
            writer.write(row)
    return content.getvalue()


class RunInHand:
    """A job's try as far as files need one."""

    def __init__(self, organization_id: UUID) -> None:
        self.organization_id, self.done = organization_id, 0

    @contextmanager
    def step(self) -> Iterator[None]:
        yield
