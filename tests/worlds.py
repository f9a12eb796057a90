"""An organisation with at least one row in every table, for tests that look for leaks between two of them."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from itertools import count

from django.apps import apps
from django.db import connection
from django.utils.timezone import now

from bailiwick.apps.claims.tests.worlds import Insurance, insure
from bailiwick.apps.predictions.actions.gold import add_gold
from bailiwick.apps.predictions.actions.imports import open_import
from bailiwick.apps.predictions.actions.review import decide_prediction
from bailiwick.apps.predictions.manifest import KIND, MANAGE, REVIEW_QUEUE, TO_CHECK
from bailiwick.apps.predictions.models import (
    GoldAnswer,
    Import,
    OpinionTally,
    PairTally,
    Prediction,
    Reason,
    ReasonTally,
    RejectedRow,
    TakenRow,
    TallyMark,
    VerdictTally,
)
from bailiwick.apps.predictions.tests.factories import confirming, submitted
from bailiwick.apps.predictions.values import AddedAnswer
from bailiwick.kernel.access.actions import add_conflict, add_role
from bailiwick.kernel.access.actions.people import Registered, register_person
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.models import ConflictingPair, Grant, Role
from bailiwick.kernel.audit.actions.retention import change_period, place_legal_hold
from bailiwick.kernel.audit.models import Anchor, AnchorPolicy, Event, LegalHold, Read
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.disclosures.actions import break_glass, change_sensitivity, disclose
from bailiwick.kernel.disclosures.models import Emergency
from bailiwick.kernel.events.actions.webhooks import add_webhook
from bailiwick.kernel.events.models import Cursor, Delivery, Webhook
from bailiwick.kernel.federation.tests.houses import House, open_house
from bailiwick.kernel.federation.tests.kept import Kept, keep
from bailiwick.kernel.files.actions import store_made
from bailiwick.kernel.files.models import StoredFile
from bailiwick.kernel.identity.actions.recoveries import ask_recovery
from bailiwick.kernel.identity.models import ApiKey, Member, Passkey, Recovery, Session, SignInPolicy
from bailiwick.kernel.jobs.actions import submit_job
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.members.actions.holds import place_hold
from bailiwick.kernel.members.actions.invitations import invite
from bailiwick.kernel.members.actions.reviews import start_review
from bailiwick.kernel.members.manifest import REVIEW_QUEUE as ACCESS_QUEUE
from bailiwick.kernel.members.models import AccessReview, Erasure, Invitation, RetentionHold
from bailiwick.kernel.notices.models import Notice
from bailiwick.kernel.notices.tests.factories import raise_for
from bailiwick.kernel.tenancy.models import Organization, OrganizationModel
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import session_of, with_key, with_session
from bailiwick.kernel.testing.factories import actor_for, new_member, new_organization
from bailiwick.kernel.testing.passkeys import Authenticator, add_key
from bailiwick.kernel.web.actions import save_view
from bailiwick.kernel.worklist.actions import change_settings, claim_next
from bailiwick.kernel.worklist.claiming import Claim

_numbers = count(1)


@dataclass
class World:
    """One organisation. `mark` stands in every text that its people wrote."""

    organization: Organization
    everybody: Member
    mark: str
    program: Member
    waiting: Prediction
    held: Prediction
    decision: Decision
    token: str
    reason: Reason
    gold: GoldAnswer
    job: Job
    file: StoredFile
    opened: Import
    session: Session
    registered: Registered
    recovery: Recovery
    hold: RetentionHold
    invitation: Invitation
    grant: Grant
    role: Role
    pair: ConflictingPair
    passkey: Passkey
    api_key: ApiKey
    directory: Kept
    house: House
    review: AccessReview
    legal_hold: LegalHold
    emergency: Emergency
    read: Read
    webhook: Webhook
    delivery: Delivery
    notice: Notice
    anchor: Anchor
    insurance: Insurance
    event: Event = field(init=False)
    keys: set[str] = field(default_factory=set)


def tables() -> list[str]:
    """Every table of rows that belong to an organisation."""
    return [model._meta.db_table for model in apps.get_models() if issubclass(model, OrganizationModel)]


def build_world() -> World:
    organization = new_organization()
    mark = f"secret-{next(_numbers)}-of-this-organisation"
    everybody = new_member(organization, *registry().roles, name=mark, department=mark)
    program = new_member(organization, "submitter", kind="program", name=mark)
    answer = with_key(program).post(
        "/api/predictions",
        {"product_id": mark, "rejection_reasons": [{"reason_id": 266544, "confidence": "High", "explanation": mark}]},
        "application/json",
        headers={"Idempotency-Key": f"key-of-{mark}"},
    )
    assert answer.status_code == 201, answer.content
    actor = actor_for(everybody)
    with enter(organization.id, member_id=everybody.id):
        held, waiting = (submitted(actor, title=mark, text=mark, model_name=f"{mark} {n}") for n in range(2))
        save_view(actor=actor, list_name="predictions:list", title=mark, query=f"q={mark}", is_shared=True)
        first = claim(actor)
        answer = replace(confirming(), note=mark, added=(AddedAnswer(title=mark, explanation=mark),))
        decided = decide_prediction(actor=actor, prediction_id=first.subject_id, token=first.token, answer=answer)
        token = claim(actor).token
        reason = Reason.objects.get(code=266544)
        gold = add_gold(actor=actor, prediction_id=first.subject_id, verdict="reject", codes=[266544], note=mark)
        change_settings(
            actor=actor,
            queue=REVIEW_QUEUE,
            right=MANAGE,
            second_opinions=Decimal(0),
            gold=Decimal(0),
            is_first_round_blind=False,
        )
        _ahead, job = (submit_job(actor=actor, kind="api.idempotency", arguments={"text": mark}) for _ in range(2))
        file = store_made(
            actor=actor,
            purpose=next(iter(registry().files)),
            name=f"{mark}.csv",
            kind="csv",
            content=BytesIO(mark.encode()),
        )
        opened = open_import(actor=actor, upload=("rows.csv", BytesIO(f"product_id,title\n{mark},{mark}\n".encode())))
        TakenRow.objects.create(source=opened, line=1, prediction=waiting, is_new=True)
        RejectedRow.objects.create(source=opened, line=2, values={"title": mark}, errors={"product_id": [mark]})
        count_up(everybody, reason)
        SignInPolicy.objects.create(break_glass=everybody)
        Cursor.objects.create(consumer=mark, epoch=0, transaction_id="0", event_id=everybody.id)
        webhook, delivery = sent_to(actor, mark)
        insurance = insure(actor, mark)
        AnchorPolicy.objects.create(addresses=[f"{mark}@example.org"])
        anchor = Anchor.objects.create(number=1, hash=b"h" * 32, kind="timestamp", place=mark, proof=mark.encode())
        session = session_of(everybody)
        invitation = invite(actor=actor, email="somebody@example.org", name=mark, department=mark)
        hold = place_hold(actor=actor, member_id=everybody.id, reason=mark)
        legal_hold = place_legal_hold(actor=actor, reason=mark)
        change_period(actor=actor, kind="events", months=24)
        Erasure.objects.create(member=program, reason=mark, erased_by=everybody)
        registered = register_person(actor=actor, first_name=mark, last_name=mark)
        recovery = ask_recovery(actor=actor, member_id=registered.member.id, reason=mark)
        api_key = ApiKey.objects.filter(member_id=program.id).latest("id")
        grant = Grant.objects.filter(member_id=everybody.id).latest("id")
        role = add_role(actor=actor, code=mark, title=mark, rights=["access.explain"], needs_two=True)
        pair = add_conflict(actor=actor, first="jobs.manage", second="predictions.submit", reason=mark)
        Grant.objects.create(member=registered.member, role=role.code, granted_by=program, approved_at=None)
        directory = keep(actor, mark)
        house = open_house(actor, mark)
        reviewed = new_member(organization, "reviewer", name=mark).id
        review = start_review(actor=actor, title=mark, due_at=now() + timedelta(days=1), member_ids=[reviewed])
        assert claim_next(actor=actor, queue_code=ACCESS_QUEUE.code)
    emergency, read = open_in_emergency(everybody, waiting, mark)
    assert add_key(with_session(everybody), Authenticator(), mark).status_code == 302
    passkey = Passkey.objects.get(name=mark)
    world = World(
        organization,
        everybody,
        mark,
        program,
        waiting,
        held,
        decided.decision,
        token,
        reason,
        gold,
        job,
        file,
        opened,
        session,
        registered,
        recovery,
        hold,
        invitation,
        grant,
        role,
        pair,
        passkey,
        api_key,
        directory,
        house,
        review,
        legal_hold,
        emergency,
        read,
        webhook,
        delivery,
        raise_for(everybody, mark),
        anchor,
        insurance,
    )
    with enter(organization.id):
        world.event = Event.objects.latest("id")
    world.keys = {key for table in tables() for key in keys_of(world, table)} | {str(passkey.id)}
    return world


def open_in_emergency(everybody: Member, prediction: Prediction, mark: str) -> tuple[Emergency, Read]:
    """By somebody who does not see it otherwise; and a reading by everybody."""
    actor, helper = actor_for(everybody), actor_for(new_member(everybody.organization, "emergency", name=mark))
    with enter(actor.organization_id, member_id=helper.member_id):
        change_sensitivity(actor=actor, kind=KIND, is_sensitive=True)
        emergency = break_glass(actor=helper, kind=KIND, known_by=str(prediction.id), reason=mark)
        disclose(actor=actor, kind=KIND, row_ids=[prediction.id], purpose=TO_CHECK)
        return emergency, Read.objects.get()


def sent_to(actor: Actor, mark: str) -> tuple[Webhook, Delivery]:
    """A webhook, and something that was given up."""
    webhook = add_webhook(actor=actor, title=mark, url=f"http://127.0.0.1:9/{mark}")
    event = Event.objects.latest("id")
    place = {"epoch": event.epoch, "transaction_id": event.transaction_id, "at": event.at, "finished_at": now()}
    said = {"verb": event.verb, "subject_id": event.subject_id, "state": "dead", "answer": mark}
    return webhook, Delivery.objects.create(webhook=webhook, event_id=event.id, **place, **said)


def count_up(member: Member, reason: Reason) -> None:
    """Tallies of nothing: what is counted is committed before, which here nothing is."""
    asked = {"hour": datetime(2026, 1, 1, tzinfo=UTC), "is_sampled": False, "n": 0}
    said = {"verdict": "reject", "final": "reject", "is_changed": False}
    VerdictTally.objects.create(**asked, **said, stated=0, squares=0)
    ReasonTally.objects.create(**asked, reason_id=reason.id, outcome="confirmed")
    OpinionTally.objects.create(**asked, member_id=member.id, kind="opinion", seconds=0)
    PairTally.objects.create(**asked, first_id=member.id, second_id=member.id, first="reject", second="reject")
    TallyMark.objects.create(epoch=0, transaction_id="0")


def claim(actor: Actor) -> Claim:
    taken = claim_next(actor=actor, queue_code=REVIEW_QUEUE.code)
    assert taken is not None
    return taken


def keys_of(world: World, table: str) -> list[str]:
    with enter(world.organization.id), connection.cursor() as cursor:
        cursor.execute(f"SELECT id::text FROM {table}")
        return [key for (key,) in cursor.fetchall()]


def contents(world: World) -> dict[str, str]:
    """A digest of everything that an organisation has, by table."""
    found = {}
    with enter(world.organization.id), connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f"SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY id)), '') FROM {table} t")
            found[table] = cursor.fetchone()[0]
    return found
