"""Documents: whole, alone, and named as what they are."""

import io
import struct
import zipfile
import zlib
from contextlib import suppress

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.base.manifest import FilePurpose, registry
from bailiwick.kernel.files.actions import remove_file, store_upload
from bailiwick.kernel.files.errors import Unreadable
from bailiwick.kernel.files.models import StoredFile
from bailiwick.kernel.files.reading import check_document, recognise
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import actor_for, new_member

PAPERS = FilePurpose("tests.papers", "Papers", kinds=("pdf", "png", "jpeg"), largest=1 << 20, is_evidence=True)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"
PNG = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(b"\0\0"))
    + chunk(b"IEND", b"")
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xda\x00\x08\x01\x01\0\0\x3f\0\x55\xff\xd9"


def archive(comment: bytes = b"") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        made.writestr("run.me", "x")
        made.comment = comment
    return content.getvalue()


@pytest.fixture
def papers(monkeypatch):
    monkeypatch.setitem(registry().files, PAPERS.code, PAPERS)


@pytest.fixture
def owner(papers, organization, scope):
    with scope(organization):
        yield actor_for(new_member(organization))


def upload(actor, content, name):
    return store_upload(actor=actor, purpose=PAPERS.code, upload=SimpleUploadedFile(name, content))


def refusal(actor, content, name):
    with pytest.raises(InvalidInput) as refused:
        upload(actor, content, name)
    [sentence] = refused.value.fields["file"]
    assert not StoredFile.objects.exists()
    return sentence


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (PDF, "letter.pdf", "pdf"),
        (PDF + b"\r\n\0\0", "LETTER.PDF", "pdf"),
        (PNG, "scan.png", "png"),
        (JPEG, "photo.jpg", "jpeg"),
        (JPEG + b"\0\0", "photo.jpeg", "jpeg"),
        (PNG, "page 1 of 2. March", "png"),
        (PDF, "letter", "pdf"),
    ],
)
def test_a_document_is_kept_as_what_its_content_is(owner, content, name, kind):
    stored = upload(owner, content, name)
    assert (stored.kind, stored.name) == (kind, name)


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (PDF, "letter.png", "ends on .png, the content is PDF"),
        (PNG, "letter.pdf.exe", "ends on .exe"),
        (JPEG, "photo.html", "ends on .html"),
        (b"a,b\n1,2\n", "letter.pdf", "This is CSV. Give PDF, image (PNG) or image (JPEG)."),
        (b"<!doctype html><script>1</script>", "letter.pdf", "HTML"),
        (b"<script>1</script>" + PDF, "letter.pdf", "HTML"),
        (archive(), "letter.pdf", "a ZIP archive"),
        (b"\x89PN", "scan.png", "This is a binary file. Give PDF"),
        (b"", "letter.pdf", "The file is empty."),
        (PDF[:-7], "letter.pdf", "breaks off"),
        (PDF + archive(), "letter.pdf", "behind the end"),
        (PDF + archive(b"%%EOF"), "letter.pdf", "several things"),
        (PDF + b"<script>1</script>", "letter.pdf", "behind the end"),
        (PNG[:-1], "scan.png", "damaged"),
        (PNG.replace(b"IDAT", b"iDAT"), "scan.png", "damaged"),
        (PNG + archive(), "scan.png", "behind the end"),
        (PNG[:8] + chunk(b"tEXt", b"x"), "scan.png", "damaged"),
        (PNG[:33] + chunk(b"tEXt", b"%PDF-1.7") + PNG[33:], "scan.png", "several things"),
        (JPEG[:-2], "photo.jpg", "breaks off"),
        (JPEG + archive(), "photo.jpg", "breaks off"),
        (JPEG + archive(b"\xff\xd9"), "photo.jpg", "several things"),
        (JPEG[:20], "photo.jpg", "damaged"),
        (b"\xff\xd8\xff\xd9", "photo.jpg", "damaged"),
        (PDF + b" " * (1 << 20), "letter.pdf", "larger than 1 MB"),
    ],
)
def test_what_is_no_document_or_more_than_one_is_refused(owner, content, name, said):
    assert said in refusal(owner, content, name)


@given(st.sampled_from([("pdf", PDF), ("png", PNG), ("jpeg", JPEG)]), st.data())
def test_whatever_the_bytes_are_there_is_a_judgement(document, data):
    kind, content = document
    place = data.draw(st.integers(0, len(content)))
    noise = data.draw(st.binary(max_size=40))
    stream = io.BytesIO(content[:place] + noise)
    with suppress(Unreadable):
        if recognise(stream).kind == kind:
            check_document(stream, kind)


@given(st.sampled_from([("pdf", PDF), ("png", PNG), ("jpeg", JPEG)]), st.data())
def test_what_breaks_off_is_refused(document, data):
    kind, content = document
    whole = content.rstrip(b"\n")
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(Unreadable):
        check_document(io.BytesIO(whole[:cut]), kind)


def test_a_document_is_sent_as_an_attachment_of_its_type(owner, organization):
    stored = upload(owner, PNG, "scan")
    answer = with_session(Member.objects.get(id=owner.member_id)).get(f"/files/{stored.id}/")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert answer["Content-Disposition"] == 'attachment; filename="scan.png"'
    assert b"".join(answer.streaming_content) == PNG


def test_evidence_is_not_removed_by_whoever_gave_it(owner):
    stored = upload(owner, PDF, "letter.pdf")
    with pytest.raises(NotFound), transaction.atomic():
        remove_file(actor=owner, file_id=stored.id)
    stored.refresh_from_db()
    assert stored.removed_at is None
