"""What may come in, where it lies, and how it goes."""

import gzip
import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.timezone import now

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.base.manifest import FilePurpose, registry
from bailiwick.kernel.files import actions
from bailiwick.kernel.files.actions import (
    delete_orphans,
    record_opened,
    remove_expired,
    remove_file,
    store_made,
    store_upload,
)
from bailiwick.kernel.files.errors import ContentMissing
from bailiwick.kernel.files.models import StoredFile
from bailiwick.kernel.files.queries import folder_of, get_file, list_files, open_content
from bailiwick.kernel.files.tasks import purge
from bailiwick.kernel.files.tests.factories import PURPOSE, SEE, RunInHand, workbook
from bailiwick.kernel.testing.factories import actor_for, new_member


@pytest.fixture
def owner(organization: Any, purpose: FilePurpose) -> Actor:
    return actor_for(new_member(organization))


@pytest.fixture(autouse=True)
def _in_scope(scope: Any, organization: Any) -> Any:
    with scope(organization):
        yield


def upload(actor: Actor, content: bytes, name: str = "rows.csv") -> StoredFile:
    return store_upload(actor=actor, purpose=PURPOSE.code, upload=SimpleUploadedFile(name, content))


def refusal(actor: Actor, content: bytes, name: str = "rows.csv") -> str:
    with pytest.raises(InvalidInput) as refused:
        upload(actor, content, name)
    [sentence] = refused.value.fields["file"]
    return sentence


def blobs(actor: Actor) -> set[str]:
    folder = folder_of(actor.organization_id)
    return set(default_storage.listdir(folder)[1]) if default_storage.exists(folder) else set()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"a,b\n1,2\n", "csv"),
        (b"\xef\xbb\xbfa;b\r\n1;2\r\n", "csv"),
        ("a\tb\n1\tü\n".encode("utf-16"), "csv"),
        (b"name\nA\nB\n", "csv"),
        (b'\n{"a": 1}\n', "jsonl"),
        (b'{"a": "' + b"x" * 200_000 + b'"}\n' + b'{"a": 1}\n' * 50_000, "jsonl"),
        (gzip.compress(b'{"a": 1}\n', mtime=0), "jsonl"),
        (gzip.compress(b"a,b\n1,2\n" * 100_000, mtime=0), "csv"),
        (workbook(), "xlsx"),
    ],
)
def test_what_a_file_is_is_told_by_its_content_alone(owner: Actor, content: bytes, kind: str) -> None:
    stored = upload(owner, content, "holiday.png")
    assert (stored.kind, stored.name, stored.size) == (kind, "holiday.png", len(content))
    with open_content(get_file(owner, stored.id)) as kept:
        assert kept.read() == content
    assert Event.objects.filter(verb="files.file.stored", subject_id=stored.id).count() == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b" \r\n\n", "This is an empty file. Give CSV, JSON lines or Excel workbook (XLSX)."),
        (b"%PDF-1.7\n", "This is a PDF. Give CSV"),
        (b"\x89PNG\r\n\x1a\n", "an image"),
        (b"PK\x03\x04 [Content_Types].xml xl/workbook.xml", "damaged"),
        (b"PK\x03\x04 word/document.xml PK\x05\x06", "a Word document"),
        (b"PK\x03\x04 PK\x05\x06", "a ZIP archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel"),
        (b"a,b\n\0\0", "a binary file"),
        (b"a,b\nx,y\n\xfc,1\n", "Line 3 is not UTF-8"),
        (b'[{"a": 1}]', "a JSON array"),
        (b'{\n  "a": 1\n}\n', "not a whole object"),
        (b"<!doctype html><p>a,b</p>", "HTML"),
        (b"word " * 100, "plain text"),
        (gzip.compress(b"%PDF-1.7", mtime=0), "a PDF"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-9], "breaks off"),
        (b"a,b\n" + b"1,2\n" * 400_000, "larger than 1 MB"),
    ],
)
def test_what_is_not_taken_is_said_and_leaves_nothing_behind(owner: Actor, content: bytes, said: str) -> None:
    assert said in refusal(owner, content)
    assert blobs(owner) == set()
    assert not StoredFile.objects.exists()


def test_a_kind_that_the_purpose_does_not_take_is_refused(owner: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    only = FilePurpose("tests.rows", "Rows", kinds=("jsonl",))
    monkeypatch.setitem(registry().files, only.code, only)
    assert refusal(owner, b"a,b\n") == "This is CSV. Give JSON lines."


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\rows.csv", "rows.csv"),
        ("ro\r\nws\0\u202e.csv", "rows.csv"),
        ('a<b>"|?*.csv', "a_b_____.csv"),
        ("x" * 300 + ".csv", "x" * 196 + ".csv"),
        (" .. ", "CSV"),
    ],
)
def test_names_are_cleaned(owner: Actor, name: str, kept: str) -> None:
    stored = store_upload(actor=owner, purpose=PURPOSE.code, upload=(name, io.BytesIO(b"a,b\n")))
    assert stored.name == kept


def test_content_of_a_row_that_was_not_written_is_removed_at_once(
    owner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "record", lambda *given: 1 / 0)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        upload(owner, b"a,b\n")
    assert blobs(owner) == set()


def test_a_file_is_its_members_and_of_whoever_holds_the_right_of_its_purpose(owner: Actor, organization: Any) -> None:
    stored = upload(owner, b"a,b\n")
    stranger, allowed = actor_for(new_member(organization)), actor_for(new_member(organization, SEE))
    assert get_file(allowed, stored.id) == stored
    assert list(list_files(owner)) == [stored]
    for refused in (lambda: get_file(stranger, stored.id), lambda: remove_file(actor=allowed, file_id=stored.id)):
        with pytest.raises(NotFound):
            refused()


def test_opening_is_recorded(owner: Actor) -> None:
    stored = upload(owner, b"a,b\n")
    record_opened(actor=owner, stored=stored)
    event = Event.objects.get(verb="files.file.opened")
    assert (event.subject_id, event.member_id, event.data) == (stored.id, owner.member_id, {"purpose": PURPOSE.code})


def test_a_removed_file_is_gone_and_its_history_stays(owner: Actor, django_capture_on_commit_callbacks: Any) -> None:
    stored = store_made(actor=owner, purpose=PURPOSE.code, name="a", kind="csv", content=io.BytesIO(b"a,b\n"))
    with django_capture_on_commit_callbacks(execute=True):
        remove_file(actor=owner, file_id=stored.id)
    assert blobs(owner) == set()
    with pytest.raises(NotFound):
        get_file(owner, stored.id)
    with pytest.raises(ContentMissing):
        open_content(stored)
    assert StoredFile.objects.get().removed_at
    assert Event.objects.filter(verb="files.file.removed", subject_id=stored.id).count() == 1


def test_purging_removes_what_is_past_its_time_and_content_without_a_row(
    owner: Actor, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    expired, kept = upload(owner, b"a,b\n"), upload(owner, b"c,d\n")
    StoredFile.objects.filter(id=expired.id).update(expires_at=now() - timedelta(seconds=1))
    with pytest.raises(NotFound):
        get_file(owner, expired.id)
    orphan = default_storage.save(f"{folder_of(owner.organization_id)}/{uuid4().hex}", ContentFile(b"x"))
    assert delete_orphans(owner.organization_id, timedelta(hours=1)) == 0
    run = RunInHand(owner.organization_id)
    with django_capture_on_commit_callbacks(execute=True):
        assert purge(run) == {"removed": 1, "orphans": 0}, "content that is new may have a row on its way"
    assert run.done == 1
    monkeypatch.setattr(default_storage, "get_modified_time", lambda place: now() - timedelta(days=2))
    assert purge(run) == {"removed": 0, "orphans": 1}
    assert remove_expired(owner.ref, 10) == 0
    assert not default_storage.exists(orphan)
    assert blobs(owner) == {kept.place.rsplit("/", 1)[1]}
    with open_content(kept) as content:
        assert content.read() == b"c,d\n"
