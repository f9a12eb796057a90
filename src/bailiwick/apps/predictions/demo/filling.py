"""Filling a demo organisation, before anybody works in it."""

from collections.abc import Iterator
from decimal import Decimal
from random import Random
from uuid import UUID

from django.db.models import Model
from django.utils.timezone import now

from bailiwick.apps.predictions.demo.catalogue import HEALTH, POLICIES, UNCONFIRMED
from bailiwick.apps.predictions.demo.history import History, Team
from bailiwick.apps.predictions.demo.judging import MODEL, NEWER, OLDER
from bailiwick.apps.predictions.demo.rows import Rows
from bailiwick.apps.predictions.manifest import MANAGE, REVIEW_QUEUE
from bailiwick.apps.predictions.models import (
    AddedReason,
    GoldAnswer,
    ModelVersion,
    Prediction,
    PredictionReason,
    Reason,
    ReasonDecision,
)
from bailiwick.kernel.access.actions import write_grant
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.models import Grant
from bailiwick.kernel.access.queries import rights_of
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.decisions.models import Decision
from bailiwick.kernel.identity.actions import add_member
from bailiwick.kernel.identity.choices import Credential, MemberKind
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.web.actions import save_view
from bailiwick.kernel.worklist.actions import change_settings
from bailiwick.kernel.worklist.models import WorkItem

SEED = 2020
VIEWS = {"Sure, and overruled": "decided=yes&agrees=no&bin=9", "Health claims": f"reason={HEALTH}"}
SECOND_OPINIONS, GOLD = Decimal("0.2"), Decimal("0.05")
IN_ORDER: tuple[type[Model], ...] = (
    Prediction,
    PredictionReason,
    WorkItem,
    Decision,
    ReasonDecision,
    AddedReason,
    GoldAnswer,
    Event,
)


def fill(organization_id: UUID) -> None:
    """Write two weeks of work of the people in an organisation; it has a model owner, a submitter and reviewers."""
    with enter(organization_id) as scope:
        system = ActorRef(organization_id, scope.member_id, Credential.SYSTEM)
        [owner], [auditor], reviewers = (_people(role) for role in ("model-owner", "submitter", "reviewer"))
        team = Team(owner, auditor, reviewers)
        program = add_member(system, name="marketplace-sync", kind=MemberKind.PROGRAM)
        write_grant(system, program.id, "submitter")
        rows = Rows(program, dict(_reasons()), dict(_versions()), SECOND_OPINIONS)
        History(Random(SEED), now(), team, rows).tell()
        for model in IN_ORDER:
            model._default_manager.bulk_create(rows.made[model])
        rights = rights_of(("model-owner",))
        _equip(Actor(organization_id, owner.id, owner.name, owner.kind, Credential.SYSTEM, rights=rights))


def _people(role: str) -> list[Member]:
    grants = Grant.objects.filter(role=role, member__kind=MemberKind.PERSON).select_related("member").order_by("id")
    return [grant.member for grant in grants]


def _reasons() -> Iterator[tuple[int, Reason]]:
    for policy in POLICIES:
        values = {"title": policy.title, "policy": policy.text, "is_confirmed": True}
        yield policy.code, Reason.objects.create(code=policy.code, **values)
    for code, (_same, title) in UNCONFIRMED.items():
        yield code, Reason.objects.create(code=code, title=title)


def _versions() -> Iterator[tuple[str, ModelVersion]]:
    for version in (OLDER, NEWER):
        yield version.number, ModelVersion.objects.create(name=MODEL, version=version.number)


def _equip(owner: Actor) -> None:
    """Shares that hold from now on (what came before was drawn by the same), and views that everybody sees."""
    change_settings(
        actor=owner,
        queue=REVIEW_QUEUE,
        right=MANAGE,
        second_opinions=SECOND_OPINIONS,
        gold=GOLD,
        is_first_round_blind=False,
    )
    for title, query in VIEWS.items():
        save_view(actor=owner, list_name="predictions:list", title=title, query=query, is_shared=True)
