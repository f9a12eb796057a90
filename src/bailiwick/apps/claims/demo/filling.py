"""Filling a demo organisation, before anybody works in it: half a year up to yesterday, and today."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import now

from bailiwick.apps.claims.actions.adjudication import judge_cases
from bailiwick.apps.claims.actions.clocks import mark_chunk, start_clocks
from bailiwick.apps.claims.actions.editing import find_edits
from bailiwick.apps.claims.actions.queueing import queue_reviews
from bailiwick.apps.claims.actions.submission import in_words
from bailiwick.apps.claims.actions.writing import said_of, write_lines
from bailiwick.apps.claims.choices import Source, Stage
from bailiwick.apps.claims.demo.catalogue import CLOCK_RULES, MARK
from bailiwick.apps.claims.demo.drawing import Draw
from bailiwick.apps.claims.demo.history import History, Told, runs_of
from bailiwick.apps.claims.demo.house import BEGIN, cover, draw_parties, set_up
from bailiwick.apps.claims.demo.people import Team, gather
from bailiwick.apps.claims.demo.times import key_at, spread
from bailiwick.apps.claims.demo.today import Today
from bailiwick.apps.claims.models import (
    Accumulator,
    Adjudication,
    AdjudicationLine,
    Claim,
    Clock,
    ClockRule,
    Patient,
    Payment,
    PaymentRun,
    Plan,
    Provider,
    StatusChange,
)
from bailiwick.apps.claims.queries.cases import load_cases
from bailiwick.apps.claims.queries.rule_sets import find_active
from bailiwick.apps.claims.rules.numbers import make_number
from bailiwick.apps.claims.rules.parameters import from_json
from bailiwick.apps.claims.values.cases import ZERO
from bailiwick.apps.claims.values.claims import NewClaim
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter

CLAIMS, SEED = 400, 1948
SPAN = timedelta(days=182)
FAULTY_OF_HUNDRED, AGAIN_OF_HUNDRED = 3, 4
TODAY = 30
"""How many of the claims come in on the day itself."""


def populate(organization_id: UUID, claims: int = CLAIMS, seed: int = SEED) -> list[tuple[str, str, str]] | None:
    """Write half a year of claims, once; None where it was done before.

    Says how those sign in who were made for it: role, login, password.
    """
    with transaction.atomic(), enter(organization_id):
        if Plan.objects.filter(name=MARK).exists():
            return None
        team = gather(organization_id, Organization.objects.get(pk=organization_id).slug)
        random, moment = Random(seed), now()
        plans = set_up(team, moment.date())
        for values in CLOCK_RULES:
            ClockRule.objects.create(valid_from=BEGIN, **values)
        parties = draw_parties(random, team, moment.date())
        draw = Draw(
            random, Patient.objects.bulk_create(parties.patients), Provider.objects.bulk_create(parties.providers)
        )
        cover(random, team, draw.patients, plans, moment.date())
        _write_past(draw, team, moment, max(1, claims - TODAY))
        Today(draw, team, moment).live(min(TODAY, claims))
        return team.logins


def _write_past(draw: Draw, team: Team, moment: datetime, count: int) -> None:
    random = draw.random
    news = _draw_past(draw, spread(random, count, moment - SPAN, moment - timedelta(days=1)))
    made = [
        _claim(new, at, edits, team)
        for (new, at), edits in zip(news, find_edits([new for new, _at in news]), strict=True)
    ]
    lines = [(claim.id, 1, new.lines) for claim, (new, _at) in zip(made, news, strict=True)]
    rules = find_active()
    assert rules is not None
    history = History(random, moment, team, rules)
    for claim in made:
        history.arrive(claim)
    for told in _judge(history, made, lines):
        history.tell(told)
    runs = runs_of(history.payable)
    for at, group in runs.items():
        for claim, _judged in group:
            history.pay(claim, at)
    Claim.objects.bulk_create(made)
    write_lines(lines)
    StatusChange.objects.bulk_create(sorted(history.changes, key=lambda change: change.at))
    Adjudication.objects.bulk_create(history.judgements)
    AdjudicationLine.objects.bulk_create(history.lines)
    for at, group in sorted(runs.items()):
        _pay(at, group, team)
    _write_used(history)
    _start_clocks(made)
    queue_reviews(history.open)


def _draw_past(draw: Draw, moments: Sequence[datetime]) -> list[tuple[NewClaim, datetime]]:
    found: list[tuple[NewClaim, datetime]] = []
    for place, at in enumerate(moments):
        number, chance = f"N-{30_001 + place}", draw.random.randrange(100)
        if found and chance < AGAIN_OF_HUNDRED:
            found.append((draw.again(found[-1][0], number), at))
        else:
            on = (at - timedelta(days=draw.random.randint(4, 14))).date()
            found.append((draw.claim(on, number, is_faulty=chance >= 100 - FAULTY_OF_HUNDRED), at))
    return found


def _claim(new: NewClaim, at: datetime, edits: Sequence[Any], team: Team) -> Claim:
    key = key_at(at)
    return Claim(
        id=key,
        number=make_number(key),
        patient_id=new.patient_id,
        external_id=new.external_id,
        source=Source.IMPORT,
        submitted_by_id=team.admin.member_id,
        stage=Stage.RETURNED if edits else Stage.ACCEPTED,
        status="rejected" if edits else "submitted",
        is_live=True,
        edits=[each.as_json() for each in edits],
        rejection_reason=in_words(edits) if edits else None,
        submitted_at=at,
        moved_at=at,
        created_at=at,
        updated_at=at,
        **said_of(new),
    )


def _judge(history: History, made: list[Claim], lines: Sequence[Any]) -> list[Told]:
    """Judge all by the rules, then again with what people settled: on rows that are taken back, so none is written."""
    accepted = [claim for claim in made if not claim.edits]
    with transaction.atomic():
        Claim.objects.bulk_create(made)
        write_lines(lines)
        cases = load_cases(accepted, history.now.date())
        fresh = dict(cases[0].used) if cases else {}
        parameters = from_json(history.rules.parameters)
        firsts = judge_cases(cases, parameters)
        settled = {
            claim.id for claim, first in zip(accepted, firsts, strict=True) if first.pend and history.decides(claim)
        }
        again = [
            replace(case, used=fresh, resolved=frozenset({"medical", "duplicate", "amount", "information", "denial"}))
            if case.claim_id in settled
            else replace(case, used=fresh)
            for case in cases
        ]
        lasts = judge_cases(again, parameters)
        transaction.set_rollback(True)
    return [
        Told(claim, first if claim.id in settled else last, last, claim.id in settled)
        for claim, first, last in zip(accepted, firsts, lasts, strict=True)
    ]


def _pay(at: datetime, group: Sequence[tuple[Claim, Adjudication]], team: Team) -> None:
    billed = sum((judged.billed for _claim, judged in group), ZERO)
    paid = sum((judged.paid for _claim, judged in group), ZERO)
    run = PaymentRun.objects.create(
        id=key_at(at),
        billed=billed,
        paid=paid,
        adjusted=billed - paid,
        count=len(group),
        member_id=team.one("claims-finance").member_id,
        at=at,
    )
    Payment.objects.bulk_create(
        Payment(id=key_at(at), run=run, claim=claim, adjudication=judged, amount=judged.paid) for claim, judged in group
    )


def _write_used(history: History) -> None:
    sums: dict[tuple[UUID, int], list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    for result in history.counting:
        if result.coverage_id:
            of_year = sums[result.coverage_id, result.year]
            of_year[0] += result.deductible
            of_year[1] += result.out_of_pocket
    Accumulator.objects.bulk_create(
        Accumulator(coverage_id=cover_id, year=year, deductible=deductible, out_of_pocket=spent)
        for (cover_id, year), (deductible, spent) in sums.items()
    )


def _start_clocks(made: Sequence[Claim]) -> None:
    """Clocks of all, then of those whose claim was decided or paid: met when it was."""
    accepted = [claim for claim in made if not claim.edits]
    start_clocks(accepted)
    ends = {
        claim.id: claim.paid_at or claim.decided_at if claim.stage in (Stage.PAID, Stage.DENIED) else claim.moved_at
        for claim in accepted
        if claim.stage in (Stage.PAID, Stage.DENIED, Stage.EXPIRED)
    }
    clocks = list(Clock.objects.filter(claim_id__in=ends))
    for clock in clocks:
        clock.met_at = ends[clock.claim_id]
        clock.breached_at = clock.due_at if clock.met_at and clock.met_at > clock.due_at else None
    Clock.objects.bulk_update(clocks, ["met_at", "breached_at"])
    mark_chunk()
