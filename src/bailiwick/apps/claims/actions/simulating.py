"""Trying a version of the rules over past claims: what would have come out, in counts and money."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.utils.timezone import now
from django.utils.translation import gettext as _

from bailiwick.apps.claims.actions.adjudication import judge_cases
from bailiwick.apps.claims.manifest import CONFIGURE, SIMULATE
from bailiwick.apps.claims.models import Claim, Simulation
from bailiwick.apps.claims.queries.cases import load_cases
from bailiwick.apps.claims.queries.chunks import ZERO, list_judged, list_treated
from bailiwick.apps.claims.queries.rule_sets import find_parameters, get_rule_set
from bailiwick.apps.claims.queries.used import load_taken
from bailiwick.apps.claims.rules.parameters import Parameters, from_json, mark_of
from bailiwick.apps.claims.values.cases import Case, Result, Used
from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.jobs.actions import submit_job
from bailiwick.kernel.jobs.running import Run

PATIENTS, MOST_TOLD = 100, 500
"""Patients a chunk, and claims that change as they are listed one by one."""
MONEY = ("billed", "allowed", "paid", "patient_owes")


def simulate_rules(*, actor: Actor, rule_set_id: UUID, since: date, until: date) -> Simulation:
    """Begin the job that judges the claims of some days of service by a version, and by what is active now.

    It writes nothing but its result. Raises InvalidInput for days in the wrong order.
    """
    actor.require(CONFIGURE)
    if until < since:
        raise InvalidInput({"until": [_("It ends before it begins.")]})
    with transaction.atomic(savepoint=False):
        rule_set = get_rule_set(actor, rule_set_id)
        simulation: Simulation = Simulation.objects.create(
            rule_set=rule_set, since=since, until=until, member_id=actor.member_id
        )
        simulation.job = submit_job(actor=actor, kind=SIMULATE, arguments={"simulation": str(simulation.id)})
        simulation.save(update_fields=["job"])
        record(actor.ref, "claims.rules.simulated", rule_set, {"simulation": str(simulation.id)})
        return simulation


def run_simulation(run: Run) -> None:
    """The job: all claims of some patients at a time, so that what one takes of a cover is gone for the next."""
    simulation_id = UUID(run.arguments["simulation"])
    while True:
        with run.step() as actor:
            assert actor
            simulation = Simulation.objects.select_related("rule_set").get(id=simulation_id)
            after = UUID(run.position["after"]) if "after" in run.position else ZERO
            days = {"since": simulation.since, "until": simulation.until}
            mark = mark_of(simulation.rule_set.parameters)
            tally = run.position.get("tally") or _empty() | {"of": mark}
            # A draft that is changed meanwhile was tried as neither.
            tally["of"] = mark if tally["of"] == mark else ""
            patients = list_treated(after=after, limit=PATIENTS, **days)
            if not patients:
                Simulation.objects.filter(id=simulation_id).update(result=tally, finished_at=Now())
                return
            claims = list_judged(patients, **days)
            _compare(tally, claims, from_json(simulation.rule_set.parameters))
            run.done += len(claims)
            run.position = {"after": str(patients[-1]), "tally": tally}


def _compare(tally: dict[str, Any], claims: Sequence[Claim], parameters: Parameters) -> None:
    """Judge claims by both, each beginning with what was used up by none of them."""
    cases = load_cases(claims, now().date(), locks=False)
    start = _used_by_others(cases, claims)
    before = judge_cases(_beginning_with(dict(start), cases), find_parameters())
    after = judge_cases(_beginning_with(start, cases), parameters)
    for claim, old, new in zip(claims, before, after, strict=True):
        _count(tally, claim, old, new)


def _beginning_with(used: dict[tuple[UUID, int], Used], cases: Sequence[Case]) -> list[Case]:
    return [replace(case, used=used) for case in cases]


def _used_by_others(cases: Sequence[Case], claims: Sequence[Claim]) -> dict[tuple[UUID, int], Used]:
    used = dict(cases[0].used) if cases else {}
    for key, taken in load_taken([claim.id for claim in claims]).items():
        if key in used:
            spent = used[key]
            used[key] = Used(spent.deductible - taken.deductible, spent.out_of_pocket - taken.out_of_pocket)
    return used


def _empty() -> dict[str, Any]:
    return {"claims": 0, "currencies": {}, "changed": 0, "changes": []}


def _count(tally: dict[str, Any], claim: Claim, old: Result, new: Result) -> None:
    """Counts and money by currency, and whether anything is otherwise."""
    tally["claims"] += 1
    sides = tally["currencies"].setdefault(claim.currency, {"before": {}, "after": {}})
    for side, result in (("before", old), ("after", new)):
        of_outcome = sides[side].setdefault(str(result.outcome), {"count": 0} | dict.fromkeys(MONEY, "0.00"))
        of_outcome["count"] += 1
        for name in MONEY:
            of_outcome[name] = str(Decimal(of_outcome[name]) + getattr(result, name))
    if (old.outcome, old.pend, old.paid, old.patient_owes) == (new.outcome, new.pend, new.paid, new.patient_owes):
        return
    tally["changed"] += 1
    if len(tally["changes"]) < MOST_TOLD:
        tally["changes"].append({"claim": str(claim.id), "before": _told(old), "after": _told(new)})


def _told(result: Result) -> dict[str, str]:
    told = {"outcome": str(result.outcome), "pend": str(result.pend), "paid": str(result.paid)}
    return told | {"patient_owes": str(result.patient_owes)}
