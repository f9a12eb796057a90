"""What is asked about claims: who may ask and answer, what waits meanwhile, and the documents that come of it."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import transaction
from django.utils.timezone import now

from bailiwick.apps.claims.actions.clocks import start_clocks
from bailiwick.apps.claims.actions.documents import add_documents, open_document
from bailiwick.apps.claims.actions.events import apply_event
from bailiwick.apps.claims.actions.moving import move_claims
from bailiwick.apps.claims.actions.queueing import take_next
from bailiwick.apps.claims.actions.requests import answer_request, ask_information, withdraw_request
from bailiwick.apps.claims.choices import ClockKind, Mover, Pend, RequestState, Stage
from bailiwick.apps.claims.errors import NotAsked, NotOpen
from bailiwick.apps.claims.manifest import INFORMATION_QUEUE
from bailiwick.apps.claims.models import Claim, Clock, ClockRule, InformationRequest
from bailiwick.apps.claims.queries.claims import lock_unmoved
from bailiwick.apps.claims.queries.requests import list_asked, list_attachments
from bailiwick.apps.claims.tests.factories import new_event, new_patient, new_provider, new_stored_claim
from bailiwick.apps.claims.tests.reviewing import decide, new_reviewed
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.audit.models import Event, Read
from bailiwick.kernel.base.errors import InvalidInput, NotFound
from bailiwick.kernel.files.tests.test_documents import PDF, PNG
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.worklist.models import WorkItem

As = Callable[..., Actor]


@pytest.fixture(autouse=True)
def _in_scope(scope: Any, organization: Any) -> Any:
    with scope(organization):
        yield


@pytest.fixture
def acting(organization: Any) -> As:
    return lambda *roles: actor_for(new_member(organization, *roles))


@pytest.fixture
def manager(acting: As) -> Actor:
    return acting("claims-admin")


def own_claim(actor: Actor, side: str = "patient", **values: Any) -> Claim:
    """A claim of a patient or a provider who has an account."""
    made = new_patient if side == "patient" else new_provider
    return new_stored_claim(**{side: made(member_id=actor.member_id)}, **values)


def ask(actor: Actor, claim: Claim, asked: str = "The discharge letter, please.", **more: Any) -> InformationRequest:
    request = ask_information(actor=actor, claim_id=claim.id, asked=asked, **more)
    claim.refresh_from_db()
    return request


def pdf(name: str = "letter.pdf") -> tuple[str, BytesIO]:
    return name, BytesIO(PDF)


def clock_of(claim: Claim) -> Clock:
    if not ClockRule.objects.exists():
        ClockRule.objects.create(kind=ClockKind.PAYMENT, days=30, basis="30 days", valid_from=date(2020, 1, 1))
    start_clocks([claim])
    return Clock.objects.get(claim=claim)


def test_a_question_puts_an_open_claim_under_review_and_stops_its_clock(manager: Actor) -> None:
    claim = new_stored_claim()
    clock = clock_of(claim)
    request = ask(manager, claim)
    clock.refresh_from_db()
    assert (claim.stage, claim.pend) == (Stage.UNDER_REVIEW, Pend.INFORMATION)
    assert clock.paused_at is not None
    assert request.due_at > now() + timedelta(days=44)
    assert take_next(actor=manager, queue_code=INFORMATION_QUEUE.code) is None


@pytest.mark.parametrize("side", ["patient", "provider"])
def test_whose_claim_it_is_answers_and_the_claim_comes_up_with_its_clock_running(
    acting: As, manager: Actor, side: str
) -> None:
    party = acting(side)
    claim = own_claim(party, side)
    clock = clock_of(claim)
    request = ask(manager, claim)
    Clock.objects.filter(id=clock.id).update(paused_at=now() - timedelta(days=2))
    answered = answer_request(actor=party, request_id=request.id, answer="It is attached.", uploads=[pdf()])
    assert (answered.state, answered.answered_by_id) == (RequestState.ANSWERED, party.member_id)
    assert [each.file.name for each in list_attachments(party, claim.id)] == ["letter.pdf"]
    due, later = clock.due_at, Clock.objects.get(id=clock.id)
    assert later.paused_at is None
    assert later.due_at >= due + timedelta(days=2)
    assert take_next(actor=manager, queue_code=INFORMATION_QUEUE.code).subject_id == claim.id


def test_the_claim_waits_until_the_last_question_is_answered(acting: As, manager: Actor) -> None:
    patient = acting("patient")
    claim = own_claim(patient)
    clock = clock_of(claim)
    first, second = ask(manager, claim), ask(manager, claim, "And who sent you?")
    answer_request(actor=patient, request_id=first.id, answer="Here.")
    assert Clock.objects.get(id=clock.id).paused_at is not None
    withdraw_request(actor=manager, request_id=second.id)
    assert Clock.objects.get(id=clock.id).paused_at is None
    assert [each.state for each in list_asked(patient)] == ["withdrawn", "answered"]


def test_what_is_not_answered_in_time_comes_up_as_well(manager: Actor) -> None:
    claim = new_stored_claim()
    ask(manager, claim, due_at=now() + timedelta(days=3))
    item = WorkItem.objects.get(queue=INFORMATION_QUEUE.code)
    assert item.available_at > now() + timedelta(days=2)
    WorkItem.objects.filter(id=item.id).update(available_at=now() - timedelta(seconds=1))
    assert take_next(actor=manager, queue_code=INFORMATION_QUEUE.code).subject_id == claim.id


def test_a_claim_that_waits_for_an_answer_does_not_expire_before_it_is_due(manager: Actor) -> None:
    claim, forgotten = new_stored_claim(), new_stored_claim()
    for each in (claim, forgotten):
        ask(manager, each)
    InformationRequest.objects.filter(claim=forgotten).update(due_at=now() - timedelta(days=1))
    Claim.objects.update(moved_at=now() - timedelta(days=40))
    assert lock_unmoved(before=now() - timedelta(days=30), limit=10) == [forgotten]


def test_asking_about_a_claim_under_review_takes_it_out_of_its_queue(acting: As) -> None:
    processor = acting("claims-processor")
    claim = new_reviewed(assigned_processor_id=processor.member_id)
    ask(processor, claim)
    assert WorkItem.objects.get(done_at=None).queue == INFORMATION_QUEUE.code


def test_a_decision_withdraws_what_is_asked_still_and_lets_the_clock_run(acting: As) -> None:
    processor = acting("claims-processor")
    claim = new_reviewed(assigned_processor_id=processor.member_id)
    clock = clock_of(claim)
    request = ask(processor, claim)
    WorkItem.objects.filter(done_at=None).update(available_at=now())
    decide(processor, claim)
    request.refresh_from_db()
    clock.refresh_from_db()
    assert (claim.stage, request.state, clock.paused_at) == (Stage.APPROVED, RequestState.WITHDRAWN, None)


@pytest.mark.parametrize(
    "role", ["claims-finance", "claims-reader", "claims-examiner", "claims-processor", "patient", "provider"]
)
def test_who_does_not_work_on_a_claim_does_not_ask(acting: As, role: str) -> None:
    claim = new_stored_claim()
    with pytest.raises((Forbidden, NotFound)), transaction.atomic():
        ask(acting(role), claim)
    assert not InformationRequest.objects.exists()


@pytest.mark.parametrize(
    "role", ["claims-finance", "claims-reader", "claims-examiner", "claims-processor", "patient", "provider"]
)
def test_who_has_no_part_in_a_claim_neither_answers_nor_adds_documents(acting: As, manager: Actor, role: str) -> None:
    claim, other = new_stored_claim(), acting(role)
    request = ask(manager, claim)
    with pytest.raises((Forbidden, NotFound)), transaction.atomic():
        answer_request(actor=other, request_id=request.id, answer="I know.")
    with pytest.raises((Forbidden, NotFound)), transaction.atomic():
        add_documents(actor=other, claim_id=claim.id, uploads=[pdf()])


def test_a_patient_answers_what_is_asked_and_asks_nothing(acting: As, manager: Actor) -> None:
    patient = acting("patient")
    claim = own_claim(patient)
    request = ask(manager, claim)
    with pytest.raises(Forbidden), transaction.atomic():
        withdraw_request(actor=patient, request_id=request.id)
    with pytest.raises(Forbidden), transaction.atomic():
        ask(patient, claim)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"asked": " "}, "asked"),
        ({"asked": "x" * 5001}, "asked"),
        ({"due_at": now() - timedelta(days=1)}, "due_at"),
        ({"due_at": now() + timedelta(days=400)}, "due_at"),
    ],
    ids=["nothing", "too-long", "past", "far"],
)
def test_a_question_says_something_and_leaves_time(manager: Actor, given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal, transaction.atomic():
        ask(manager, new_stored_claim(), **given)
    assert list(refusal.value.fields) == [field]


def test_an_answer_says_or_brings_something(acting: As, manager: Actor) -> None:
    patient = acting("patient")
    request = ask(manager, own_claim(patient))
    for answer in (" ", "x" * 5001):
        with pytest.raises(InvalidInput) as refusal, transaction.atomic():
            answer_request(actor=patient, request_id=request.id, answer=answer)
        assert list(refusal.value.fields) == ["answer"]


def test_what_is_answered_is_not_answered_again(acting: As, manager: Actor) -> None:
    patient = acting("patient")
    request = ask(manager, own_claim(patient))
    answer_request(actor=patient, request_id=request.id, answer="Here.")
    with pytest.raises(NotAsked), transaction.atomic():
        answer_request(actor=patient, request_id=request.id, answer="Here again.")
    with pytest.raises(NotAsked), transaction.atomic():
        withdraw_request(actor=manager, request_id=request.id)


def test_nothing_is_asked_about_a_claim_that_is_decided(manager: Actor) -> None:
    claim = new_stored_claim()
    move_claims([claim], Stage.DENIED, mover=Mover.MANAGER, reason="No.")
    with pytest.raises(NotOpen), transaction.atomic():
        ask(manager, claim)


def test_a_document_that_is_none_is_refused_with_the_answer_that_it_came_with(acting: As, manager: Actor) -> None:
    patient = acting("patient")
    claim = own_claim(patient)
    request = ask(manager, claim)
    bad = [("page.pdf", BytesIO(b"<html>no</html>")), ("letter.pdf.exe", BytesIO(PDF)), ("scan.pdf", BytesIO(PNG))]
    for upload in bad:
        with pytest.raises(InvalidInput) as refusal, transaction.atomic():
            answer_request(actor=patient, request_id=request.id, uploads=[upload])
        assert list(refusal.value.fields) == ["file"]
    assert not list_attachments(patient, claim.id).exists()
    request.refresh_from_db()
    assert request.state == RequestState.OPEN


def test_documents_have_their_bounds(manager: Actor) -> None:
    claim = new_stored_claim()
    for uploads, note, field in [([], "", "file"), ([pdf()] * 11, "", "file"), ([pdf()], "x" * 501, "note")]:
        with pytest.raises(InvalidInput) as refusal, transaction.atomic():
            add_documents(actor=manager, claim_id=claim.id, uploads=uploads, note=note)
        assert list(refusal.value.fields) == [field]


def test_who_sees_the_claim_whole_opens_a_document_and_it_is_recorded(acting: As, manager: Actor) -> None:
    claim = new_stored_claim()
    [attachment] = add_documents(actor=manager, claim_id=claim.id, uploads=[pdf()], note="From the fax.")
    reader = acting("claims-reader")
    opened = open_document(actor=reader, claim_id=claim.id, attachment_id=attachment.id)
    assert opened.file.name == "letter.pdf"
    assert Event.objects.get(verb="files.file.opened").member_id == reader.member_id
    assert Read.objects.filter(member_id=reader.member_id).exists()


@pytest.mark.parametrize("role", ["claims-finance", "claims-processor", "patient", "provider"])
def test_who_does_not_see_the_claim_whole_opens_no_document(acting: As, manager: Actor, role: str) -> None:
    claim = new_stored_claim()
    [attachment] = add_documents(actor=manager, claim_id=claim.id, uploads=[pdf()])
    with pytest.raises(NotFound), transaction.atomic():
        open_document(actor=acting(role), claim_id=claim.id, attachment_id=attachment.id)


def test_a_document_is_found_under_its_own_claim_alone(manager: Actor) -> None:
    one, other = new_stored_claim(), new_stored_claim()
    [attachment] = add_documents(actor=manager, claim_id=one.id, uploads=[pdf()])
    with pytest.raises(NotFound), transaction.atomic():
        open_document(actor=manager, claim_id=other.id, attachment_id=attachment.id)


def test_a_discharge_does_not_approve_what_waits_for_an_answer(manager: Actor) -> None:
    patient = new_patient()
    asked, silent = new_stored_claim(patient=patient), new_stored_claim(patient=patient)
    ask(manager, asked)
    event = new_event(patient, "discharge")
    with transaction.atomic():
        apply_event(actor=manager.ref, event_id=event.id)
    for claim, stage in ((asked, "under_review"), (silent, "approved")):
        claim.refresh_from_db()
        assert claim.stage == stage
