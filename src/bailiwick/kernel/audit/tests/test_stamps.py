"""A seal under the time stamp of somebody else (RFC 3161), with an authority that is a real one."""

import hashlib
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail

from bailiwick.kernel.audit.choices import AnchorKind
from bailiwick.kernel.audit.errors import NoStamp
from bailiwick.kernel.audit.gateways import stamp
from bailiwick.kernel.audit.gateways.answers import read_stamp
from bailiwick.kernel.audit.manifest import ANCHOR_NOW
from bailiwick.kernel.audit.models import Anchor, AnchorPolicy
from bailiwick.kernel.audit.queries.anchors import get_anchor
from bailiwick.kernel.audit.tests.authorities import Authority, openssl, unchanged
from bailiwick.kernel.audit.values import AnchorLine
from bailiwick.kernel.base.outbound import AddressRefused, NotReachable
from bailiwick.kernel.jobs.actions import submit_job
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.testing.sealing import seal_everything

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed: no authority to ask"),
]


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    authority = Authority(tmp_path_factory.mktemp("authority")).found()
    server = authority.serve()
    yield authority
    server.shutdown()
    server.server_close()


@pytest.fixture
def authority(founded: Authority) -> Iterator[Authority]:
    yield founded
    founded.ask = founded.tell = unchanged


@pytest.fixture
def line(organization: Any) -> AnchorLine:
    return AnchorLine(organization.id, organization.slug, 7, b"h" * 32, organization.created_at)


def test_a_time_stamp_is_over_the_line_and_openssl_verifies_it(authority: Authority, line: AnchorLine) -> None:
    answer = stamp(authority.url, line)
    assert "Verification: OK" in authority.verify(line.text.encode(), answer)


def test_a_time_stamp_over_something_else_is_not_taken(authority: Authority, line: AnchorLine) -> None:
    stamped: list[bytes] = []
    authority.tell = lambda content: stamped.append(content) or content  # type: ignore[func-returns-value]
    stamp(authority.url, line)
    authority.tell = lambda _content: stamped[0]
    for repeated in (line, AnchorLine(line.organization, line.slug, 8, line.hash, line.at)):
        with pytest.raises(NoStamp):
            stamp(authority.url, repeated)


@pytest.mark.parametrize("answer", [b"", b"<html>", b"0\x03\x02\x01\x02"], ids=["nothing", "a page", "a refusal"])
def test_what_is_no_time_stamp_is_not_taken(authority: Authority, line: AnchorLine, answer: bytes) -> None:
    authority.tell = lambda _content: answer
    with pytest.raises(NoStamp):
        stamp(authority.url, line)


def test_an_authority_inside_is_not_called(authority: Authority, line: AnchorLine, settings: LazySettings) -> None:
    settings.OUTBOUND_ALLOWED = []
    with pytest.raises(AddressRefused):
        stamp(authority.url, line)


def test_the_proof_is_kept_mailed_and_handed_out(authority: Authority, organization: Any) -> None:
    keeper = new_member(organization, "administrator")
    with enter(organization.id, member_id=keeper.id):
        AnchorPolicy.objects.create(addresses=["notary@example.org"], authority_url=authority.url)
        job = submit_job(actor=actor_for(keeper), kind=ANCHOR_NOW)
    seal_everything(organization.id)
    run_job(str(organization.id), str(job.id))
    with enter(organization.id, member_id=keeper.id):
        anchor = Anchor.objects.get(kind=AnchorKind.TIMESTAMP)
        proof, line = get_anchor(actor_for(keeper), anchor.id)
    assert (anchor.place, proof.id) == (authority.url, anchor.id)
    client = with_session(keeper)
    shown = client.get(f"/audit/anchors/{anchor.id}/")
    handed = client.get(f"/audit/anchors/{anchor.id}/stamp/").content
    assert shown.content == line.text.encode()
    assert "Verification: OK" in authority.verify(shown.content, handed)
    [message] = mail.outbox
    assert [content for _name, content, _type in message.attachments] == [line.text.encode(), handed]


def test_the_addresses_do_not_suffer_from_an_authority_that_is_away(organization: Any) -> None:
    keeper = new_member(organization, "administrator")
    with enter(organization.id, member_id=keeper.id):
        AnchorPolicy.objects.create(addresses=["notary@example.org"], authority_url="http://127.0.0.1:1/")
        job = submit_job(actor=actor_for(keeper), kind=ANCHOR_NOW)
    seal_everything(organization.id)
    run_job(str(organization.id), str(job.id))
    with enter(organization.id):
        job.refresh_from_db()
        assert [anchor.kind for anchor in Anchor.objects.exclude(kind=AnchorKind.FILE)] == [AnchorKind.MAIL]
    assert (job.state, job.error) == ("dead", str(NotReachable.message))
    assert len(mail.outbox) == 1


def test_an_answer_that_lies_about_its_form_is_no_time_stamp(authority: Authority, line: AnchorLine) -> None:
    """Whatever an authority sends, it ends in a stamp or in none."""
    answer = stamp(authority.url, line)
    whole = read_stamp(answer)
    for place in range(240):
        assert read_stamp(answer[:place]) is None
        for value in (0, 2, 0x30, 0x7F, 0x80, 0x84, 0xFF):
            found = read_stamp(answer[:place] + bytes([value]) + answer[place + 1 :])
            assert found is None or type(found) is type(whole)


def test_a_time_stamp_that_names_no_question_is_not_taken(authority: Authority, line: AnchorLine) -> None:
    digest = hashlib.sha256(line.text.encode()).hexdigest()
    authority.ask = lambda _question: openssl("ts", "-query", "-digest", digest, "-sha256", "-no_nonce")
    with pytest.raises(NoStamp):
        stamp(authority.url, line)
