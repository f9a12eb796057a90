"""The newest seal is put outside: in a file that only grows, and where an organisation wants it."""

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core import mail

from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.audit.actions.anchors import change_anchor_policy, keep_in_file
from bailiwick.kernel.audit.choices import AnchorKind
from bailiwick.kernel.audit.gateways import anchor_file, place_of, read_last
from bailiwick.kernel.audit.manifest import ANCHOR_NOW
from bailiwick.kernel.audit.models import Anchor, AnchorPolicy, Event
from bailiwick.kernel.audit.queries.blocks import get_newest_block
from bailiwick.kernel.audit.values import AnchorLine
from bailiwick.kernel.audit.verifier import read_anchors
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.jobs.actions import schedule_job, submit_job
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.testing.sealing import DEADLINE, seal_everything

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.ANCHORS_FOLDER = tmp_path / "anchors"
    return tmp_path / "anchors"


@pytest.fixture
def keeper(organization: Any) -> Member:
    return new_member(organization, "administrator")


def kept(organization: Any, kind: str = AnchorKind.FILE) -> list[Anchor]:
    with enter(organization.id):
        return list(Anchor.objects.filter(kind=kind).order_by("id"))


def lines_of(organization: Any) -> list[Any]:
    return read_anchors([str(place_of(organization.id))])


def newest(organization: Any) -> Any:
    with enter(organization.id):
        return get_newest_block()


def anchor_now(organization: Any, keeper: Member) -> Job:
    with enter(organization.id, member_id=keeper.id):
        job = submit_job(actor=actor_for(keeper), kind=ANCHOR_NOW)
    run_job(str(organization.id), str(job.id))
    with enter(organization.id):
        job.refresh_from_db()
    return job


def wish(keeper: Member, **values: Any) -> AnchorPolicy:
    asked: dict[str, Any] = {"addresses": [], "authority_url": "", "every": 86_400}
    with enter(keeper.organization_id, member_id=keeper.id):
        return change_anchor_policy(actor=actor_for(keeper), **asked | values)


def test_each_new_seal_is_one_line_that_the_verifier_reads(organization: Any, keeper: Member) -> None:
    seal_everything(organization.id)
    keep_in_file(organization.id)
    new_member(organization)
    seal_everything(organization.id)
    numbers = [line.number for line in lines_of(organization)]
    assert 1 < len(numbers) == len(set(numbers))
    line, block = lines_of(organization)[-1], newest(organization)
    assert (line.organization, line.number) == (str(organization.id), block.number)
    assert line.hash == bytes(block.hash).hex()
    assert [anchor.number for anchor in kept(organization)] == numbers


def test_a_line_that_a_crash_cut_off_is_written_again(organization: Any, keeper: Member) -> None:
    seal_everything(organization.id)
    path = place_of(organization.id)
    with path.open("a") as file:
        file.write('{"organization": "')
    new_member(organization)
    seal_everything(organization.id)
    assert lines_of(organization)[-1].number == newest(organization).number


def test_a_line_for_which_the_disk_has_no_room_is_no_anchor(
    organization: Any, keeper: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of it is written, nothing fails, and nobody could verify by it."""
    with monkeypatch.context() as full:
        full.setattr(os, "write", lambda descriptor, content, write=os.write: write(descriptor, content[:40]))
        seal_everything(organization.id)
    assert kept(organization) == lines_of(organization) == []
    keep_in_file(organization.id)
    assert len(kept(organization)) == len(lines_of(organization)) == 1


@pytest.mark.parametrize("line", ['{"organization": 5}', '{"number": Infinity}', "[" * 4000, "\x00"], ids=str)
def test_a_file_that_somebody_spoilt_keeps_nothing_from_being_sealed(
    organization: Any, keeper: Member, folder: Path, line: str
) -> None:
    folder.mkdir()
    place_of(organization.id).write_text(line + "\n")
    seal_everything(organization.id)
    assert read_last(place_of(organization.id)) is not None
    assert len(kept(organization)) == 1


def test_sealing_goes_on_where_the_file_cannot_be_written(organization: Any, keeper: Member, folder: Path) -> None:
    folder.write_text("no folder")
    seal_everything(organization.id)
    assert newest(organization)
    assert kept(organization) == []
    folder.unlink()
    assert keep_in_file(organization.id)
    assert [anchor.number for anchor in kept(organization)] == [newest(organization).number]


@pytest.mark.parametrize("number", [1, 1000])
def test_a_file_that_knows_other_seals_is_left_as_it_is(organization: Any, keeper: Member, number: int) -> None:
    other = AnchorLine(organization.id, organization.slug, number, b"h" * 32, organization.created_at)
    path = place_of(organization.id)
    with anchor_file(path) as file:
        file.append(other)
    seal_everything(organization.id)
    assert newest(organization)
    assert read_last(path) == other
    assert kept(organization) == []


def test_a_seal_goes_to_the_addresses_as_text_and_as_a_file(organization: Any, keeper: Member) -> None:
    wish(keeper, addresses=["Notary@Example.org ", "notary@example.org", "archive@example.org"])
    seal_everything(organization.id)
    assert anchor_now(organization, keeper).state == "done"
    assert [message.to for message in mail.outbox] == [["notary@example.org"], ["archive@example.org"]]
    name, content, _type = mail.outbox[0].attachments[0]
    line = AnchorLine.of(content.decode())
    assert line
    assert line.text in mail.outbox[0].body
    assert name == f"anchor-{organization.slug}-{line.number}.jsonl"
    assert [(anchor.number, anchor.place) for anchor in kept(organization, AnchorKind.MAIL)] == [
        (line.number, "notary@example.org"),
        (line.number, "archive@example.org"),
    ]
    with enter(organization.id):
        events = Event.objects.filter(verb="audit.seal.anchored")
        assert {event.member_id for event in events} == {keeper.id}
        assert "example.org" not in json.dumps([event.data for event in events])


def test_what_is_asked_for_seals_what_is_there_first(organization: Any, keeper: Member) -> None:
    assert newest(organization) is None
    ends = time.monotonic() + DEADLINE
    while not (anchored := anchor_now(organization, keeper).result):
        assert time.monotonic() < ends, "a transaction on this server stays open"
    assert anchored["anchors"] == 0
    assert [anchor.number for anchor in kept(organization)] == [newest(organization).number]


def test_the_clock_mails_when_it_is_time_and_not_before(organization: Any, keeper: Member) -> None:
    wish(keeper, addresses=["notary@example.org"], every=86_400)
    seal_everything(organization.id)
    kind = registry().jobs["audit.anchor"]
    for moment in (1_000_000_000, 1_000_003_600):
        with enter(organization.id):
            assert schedule_job(kind, moment)
            job = Job.objects.get(kind=kind.code)
        run_job(str(organization.id), str(job.id))
        with enter(organization.id):
            assert Job.objects.get(kind=kind.code).state == "done"
    assert len(mail.outbox) == 1
    with enter(organization.id):
        assert Event.objects.get(verb="audit.seal.anchored").credential == "system"


def test_nothing_is_said_to_be_mailed_where_no_mail_is_sent(
    organization: Any, keeper: Member, settings: LazySettings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    wish(keeper, addresses=["notary@example.org"])
    seal_everything(organization.id)
    anchor_now(organization, keeper)
    assert kept(organization, AnchorKind.MAIL) == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"addresses": ["nobody"]}, "addresses"),
        ({"addresses": [f"{n}@example.org" for n in range(11)]}, "addresses"),
        ({"authority_url": "http://example.org/tsa"}, "authority_url"),
        ({"authority_url": "file:///etc/passwd"}, "authority_url"),
        ({"every": 60}, "every"),
    ],
)
def test_what_cannot_be_is_refused(keeper: Member, values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        wish(keeper, **values)
    assert list(refusal.value.fields) == [field]


def test_only_who_may_decides_where_seals_are_kept(organization: Any) -> None:
    with pytest.raises(Forbidden):
        wish(new_member(organization, "auditor"), addresses=["me@example.org"])
