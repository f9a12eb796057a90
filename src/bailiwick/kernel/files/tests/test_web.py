"""Content leaves as an attachment, to whoever may have it."""

import gzip
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils.timezone import now

from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.manifest import FilePurpose, registry
from bailiwick.kernel.files.actions import store_made, store_upload
from bailiwick.kernel.files.models import StoredFile
from bailiwick.kernel.files.tests.factories import PURPOSE, SEE, workbook
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import actor_for, new_member

Keep = Callable[..., StoredFile]


@pytest.fixture
def owner(organization: Any, purpose: FilePurpose) -> Member:
    return new_member(organization)


@pytest.fixture
def keep(owner: Member, scope: Any, organization: Any) -> Keep:
    """`keep(content, name, kind)`: a file of the owner's."""

    def make(content: bytes = b"a,b\n1,2\n", name: str = "rows.csv", kind: str = "csv") -> StoredFile:
        with scope(organization):
            actor = actor_for(owner)
            return store_made(actor=actor, purpose=PURPOSE.code, name=name, kind=kind, content=io.BytesIO(content))

    return make


def opened(organization: Any, scope: Any) -> int:
    with scope(organization):
        return Event.objects.filter(verb="files.file.opened").count()


def test_a_file_is_sent_whole_and_never_shown_within_the_site(
    keep: Keep, owner: Member, organization: Any, scope: Any
) -> None:
    content = b"a,b\n" + b"1,2\n" * 200_000
    answer = with_session(owner).get(f"/files/{keep(content, 'größe.csv').id}/")
    assert answer.status_code == 200
    assert answer.streaming
    assert b"".join(answer.streaming_content) == content
    headers = dict(answer.headers)
    assert headers["Content-Disposition"] == "attachment; filename*=utf-8''gr%C3%B6%C3%9Fe.csv"
    assert headers["Content-Type"] == "text/csv; charset=utf-8"
    assert headers["Content-Length"] == str(len(content))
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store, private"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert opened(organization, scope) == 1


@pytest.mark.parametrize(
    ("content", "name", "kind", "saved", "type"),
    [
        (b"a,b\n", "page.html", "csv", "page.html.csv", "text/csv; charset=utf-8"),
        (b"a\tb\n", "rows.TSV", "csv", "rows.TSV", "text/csv; charset=utf-8"),
        (gzip.compress(b"{}", mtime=0), "rows.jsonl", "jsonl", "rows.jsonl.gz", "application/gzip"),
        (gzip.compress(b"{}", mtime=0), "rows.jsonl.gz", "jsonl", "rows.jsonl.gz", "application/gzip"),
        (b"{}", "rows.jsonl.gz", "jsonl", "rows.jsonl", "application/jsonl"),
    ],
)
def test_the_name_to_save_as_fits_the_content(
    keep: Keep, owner: Member, content: bytes, name: str, kind: str, saved: str, type: str
) -> None:
    answer = with_session(owner).get(f"/files/{keep(content, name, kind).id}/")
    assert answer["Content-Disposition"] == f'attachment; filename="{saved}"'
    assert answer["Content-Type"] == type
    assert b"".join(answer.streaming_content) == content


def test_asking_for_the_head_is_no_opening(keep: Keep, owner: Member, organization: Any, scope: Any) -> None:
    answer = with_session(owner).head(f"/files/{keep().id}/")
    assert (answer.status_code, answer["Content-Length"]) == (200, "8")
    assert b"".join(answer.streaming_content) == b""
    assert opened(organization, scope) == 0


def test_the_right_of_its_purpose_opens_a_file_and_nothing_else_does(
    keep: Keep, organization: Any, other_organization: Any
) -> None:
    address = f"/files/{keep().id}/"
    assert b"".join(with_session(new_member(organization, SEE)).get(address).streaming_content) == b"a,b\n1,2\n"
    assert with_session(new_member(organization)).get(address).status_code == 404
    assert with_session(new_member(other_organization, SEE)).get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_a_file_past_its_time_is_gone(keep: Keep, owner: Member, organization: Any, scope: Any) -> None:
    stored = keep()
    with scope(organization):
        StoredFile.objects.update(expires_at=now() - timedelta(seconds=1))
    assert with_session(owner).get(f"/files/{stored.id}/").status_code == 404


def test_content_that_is_missing_is_said(keep: Keep, owner: Member, organization: Any, scope: Any) -> None:
    stored = keep()
    default_storage.delete(stored.place)
    answer = with_session(owner).get(f"/files/{stored.id}/")
    assert answer.status_code == 410
    assert "not there any more" in answer.content.decode()
    assert opened(organization, scope) == 0


def test_my_files_are_listed_and_nobody_elses(keep: Keep, owner: Member, organization: Any) -> None:
    assert "No files yet" in with_session(owner).get("/files/").content.decode()
    stored = keep(name="mine.csv")
    page = with_session(owner).get("/files/").content.decode()
    assert "mine.csv" in page
    assert f"/files/{stored.id}/remove/" in page
    assert "29 d left" in page or "30 d left" in page
    assert "mine.csv" not in with_session(new_member(organization, SEE)).get("/files/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_file_is_removed_after_asking_once_more(keep: Keep, owner: Member) -> None:
    stored, client = keep(name="mine.csv"), with_session(owner)
    assert "mine.csv" in client.get(f"/files/{stored.id}/remove/").content.decode()
    answer = client.post(f"/files/{stored.id}/remove/", follow=True)
    assert "The file is removed." in answer.content.decode()
    assert client.get(f"/files/{stored.id}/").status_code == 404
    assert client.post(f"/files/{stored.id}/remove/").status_code == 404
    assert not default_storage.exists(stored.place)
    assert client.get(f"/files/{uuid4()}/remove/").status_code == 404


def test_a_workbook_is_sent_as_one(owner: Member, organization: Any, scope: Any) -> None:
    content = workbook()
    with scope(organization):
        given = "rows", io.BytesIO(content)
        stored = store_upload(actor=actor_for(owner), purpose=PURPOSE.code, upload=given)
    answer = with_session(owner).get(f"/files/{stored.id}/")
    assert answer["Content-Disposition"] == 'attachment; filename="rows.xlsx"'
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert b"".join(answer.streaming_content) == content


@pytest.mark.django_db(transaction=True)
def test_ticked_files_are_removed_together(keep: Keep, owner: Member) -> None:
    first, second, third = (keep(name=f"{number}.csv") for number in range(3))
    client = with_session(owner)
    answer = client.post("/files/", {"do": "bulk:remove", "row": [str(first.id), str(third.id)]}, follow=True)
    page = answer.content.decode()
    assert ["0.csv" in page, "1.csv" in page, "2.csv" in page] == [False, True, False]
    assert [default_storage.exists(each.place) for each in (first, second, third)] == [False, True, False]


def test_a_form_larger_than_any_purpose_takes_is_refused_unread(owner: Member) -> None:
    largest = max(each.largest for each in registry().files.values())
    kind, size = "multipart/form-data; boundary=x", str(largest + (2 << 20))
    answer = with_session(owner).generic("POST", "/files/", b"--x", kind, CONTENT_LENGTH=size)
    assert answer.status_code == 413
    assert "larger than anything that is taken" in answer.content.decode()
