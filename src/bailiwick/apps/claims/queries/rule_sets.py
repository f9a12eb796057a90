"""Versions of the rules of adjudication, and what was found by trying them."""

from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from bailiwick.apps.claims.choices import RuleState
from bailiwick.apps.claims.manifest import CONFIGURE, SWITCH_RULES
from bailiwick.apps.claims.models import Claim, RuleSet, Simulation
from bailiwick.apps.claims.rules.parameters import Parameters, from_json, mark_of
from bailiwick.apps.claims.rules.transitions import APPEALABLE as DECIDED
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.tenancy.scope import require_scope


def find_active() -> RuleSet | None:
    """The version by which claims are judged now; None where what is billed is paid."""
    return RuleSet.objects.filter(state=RuleState.ACTIVE).first()


def find_parameters() -> Parameters | None:
    """The parameters of the version by which claims are judged now."""
    active = find_active()
    return from_json(active.parameters) if active else None


def list_rule_sets(actor: Actor) -> QuerySet[RuleSet]:
    """Every version, the newest first, for who sets rules up or switches them on."""
    _require_either(actor)
    return RuleSet.objects.select_related("made_by", "proposed_by", "activated_by").order_by("-version")


def get_rule_set(actor: Actor, rule_set_id: UUID) -> RuleSet:
    """Raises NotFound."""
    found: RuleSet | None = list_rule_sets(actor).filter(id=rule_set_id).first()
    if found is None:
        raise NotFound
    return found


def lock_rule_set(rule_set_id: UUID) -> RuleSet:
    """Raises NotFound."""
    found: RuleSet | None = RuleSet.objects.select_for_update(of=("self",)).filter(id=rule_set_id).first()
    if found is None:
        raise NotFound
    return found


def lock_rule_sets() -> None:
    """One switch at a time in an organisation, and one new number."""
    with connection.cursor() as cursor:
        name = f"claims.rules:{require_scope().organization_id}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def list_simulations(rule_set: RuleSet) -> QuerySet[Simulation]:
    """How a version was tried, the latest first."""
    return Simulation.objects.filter(rule_set=rule_set).select_related("member", "job").order_by("-id")


def is_tried(rule_set: RuleSet) -> bool:
    """Whether a version was tried over past claims as it stands now; where there are none, there is nothing to try."""
    of = {"result__of": mark_of(rule_set.parameters), "result__claims__gt": 0}
    tried = Simulation.objects.filter(rule_set=rule_set, finished_at__isnull=False, **of)
    return tried.exists() or not Claim.objects.filter(is_live=True, stage__in=DECIDED).exists()


def get_simulation(actor: Actor, simulation_id: UUID) -> Simulation:
    """Raises NotFound."""
    _require_either(actor)
    rows = Simulation.objects.select_related("rule_set", "member", "job")
    found: Simulation | None = rows.filter(id=simulation_id).first()
    if found is None:
        raise NotFound
    return found


def _require_either(actor: Actor) -> None:
    if not actor.may((CONFIGURE, SWITCH_RULES)):
        raise Forbidden(right=CONFIGURE)
