"""Stored claims of five lines adjudicated by two workers, against COPY of the judgements that come out."""

import json
import os
import resource
import subprocess
import sys
import time
from typing import Any
from uuid import UUID

import django
import psycopg

from bench.copying import copy_again
from bench.report import Report
from bench.stage import ROOT, Place, Stage

CLAIMS = 100_000
LINES, A_PATIENT, PROVIDERS, WORKERS = 5, 10, 50, 2
LEAST = 400.0
"""Claims a second."""
MOST_SLOWDOWN = 1.3
"""By how much the second half may take longer than the first."""
MOST_GROWTH = 32
"""Megabytes that a worker's later half may take more than its first."""
# A patient's claims are a month apart, each of five services that nobody claims twice.
FILL = (
    "SET session_replication_role = replica",
    """CREATE TEMP TABLE person AS SELECT n, uuidv7() AS id, uuidv7() AS coverage
         FROM generate_series(0, %(patients)s - 1) n""",
    "CREATE TEMP TABLE clinic AS SELECT n, uuidv7() AS id FROM generate_series(0, %(providers)s - 1) n",
    "CREATE TEMP TABLE made AS SELECT n, uuidv7() AS id FROM generate_series(0, %(claims)s - 1) n",
    "CREATE TEMP TABLE terms AS SELECT uuidv7() AS plan, uuidv7() AS schedule",
    """INSERT INTO claims_patient (id, organization_id, number, first_name, last_name, date_of_birth, gender, email,
                                   phone)
       SELECT id, %(organization)s, 'B-' || n, 'Ada', 'Patient ' || n, '1985-12-10', 'female', '', '' FROM person""",
    """INSERT INTO claims_provider (id, organization_id, name, npi, taxonomy, is_in_network, is_excluded)
       SELECT id, %(organization)s, 'Bench clinic ' || n, '', '', true, false FROM clinic""",
    """INSERT INTO claims_plan (id, organization_id, name, line_of_business, currency, deductible, out_of_pocket,
                                coinsurance, copay, filing_days, waiting_days)
       SELECT plan, %(organization)s, 'Bench', 'commercial', 'USD', 500, 5000, 0.2, 0, 3660, 0 FROM terms""",
    """INSERT INTO claims_coverage (id, organization_id, patient_id, plan_id, payer, subscriber_number, relationship,
                                    "order", valid_from)
       SELECT coverage, %(organization)s, id, plan, '', 'S-' || n, 'self', 1, '2020-01-01' FROM person, terms""",
    """INSERT INTO claims_feeschedule (id, organization_id, name, currency, valid_from)
       SELECT schedule, %(organization)s, 'Bench', 'USD', '2020-01-01' FROM terms""",
    """INSERT INTO claims_fee (organization_id, schedule_id, procedure_code, modifier, amount)
       SELECT %(organization)s, schedule, (99000 + n)::text, '', 20 + n FROM terms, generate_series(0, 699) n""",
    """INSERT INTO claims_claim (id, organization_id, number, version, external_id, source, kind, use, patient_id,
           provider_id, status, stage, pend, is_live, edition, revision, diagnosis_code, procedure_code, diagnoses,
           amount, currency, service_date, place_of_service, is_paper, more, edits, settled, submitted_at)
       SELECT made.id, %(organization)s, 'B-' || made.n, 1, '', 'api', 'professional', 'claim', person.id, clinic.id,
              'submitted', 'accepted', '', true, 1, 1, 'C00.0', '99000', '[{"code": "C00.0"}, {"code": "I10"}]',
              5 * 300, 'USD', '2026-01-05'::date + 27 * (made.n / %(patients)s), '11', false, '{}', '[]', '{}', now()
         FROM made JOIN person ON person.n = made.n %% %(patients)s JOIN clinic ON clinic.n = made.n %% %(providers)s
        ORDER BY made.n""",
    """INSERT INTO claims_claimline (organization_id, claim_id, revision, sequence, place, system, procedure_code,
           modifiers, diagnosis_pointers, revenue_code, ndc, service_date, place_of_service, quantity, unit, amount,
           text, more)
       SELECT %(organization)s, id, 1, number, number::text, 'cpt',
              (99000 + (n * 5 + number) %% 700)::text, '{}', '{1}', '',
              '', '2026-01-05'::date + 27 * (n / %(patients)s), '11', 1, '', 300, '', '{}'
         FROM made, generate_series(1, 5) line(number) ORDER BY n, line.number""",
)
# What the product wrote, under other keys, into its own tables with their indexes and checks.
DRAW = (
    "CREATE TEMP TABLE drawn AS SELECT id AS was, uuidv7() AS id FROM claims_adjudication ORDER BY id",
    "CREATE TEMP TABLE judged AS SELECT * FROM claims_adjudication",
    "CREATE TEMP TABLE line AS SELECT * FROM claims_adjudicationline",
    "UPDATE judged SET id = drawn.id, version = version + 1 FROM drawn WHERE drawn.was = judged.id",
    "UPDATE line SET id = uuidv7(), adjudication_id = drawn.id FROM drawn WHERE drawn.was = line.adjudication_id",
)
ORDERS = {"claims_adjudication": ("judged", "id"), "claims_adjudicationline": ("line", "adjudication_id, sequence")}


def run(stage: Stage, report: Report) -> None:
    place, claims = stage.place(0), int(os.environ.get("BENCH_CLAIMS", CLAIMS))
    jobs = json.loads(place.run("-m", "bench.adjudication", "begin", place.people["organization"]))
    fill(place, claims)
    seconds, slowdown, grown = _work(place, jobs, claims)
    floor = copy(place.superuser_url)
    name = f"adjudication of {claims:,} claims of {LINES} lines, {WORKERS} workers"
    rate = claims / seconds
    report.add(name, rate, "claims/s", floor=claims / floor, ratio=seconds / floor, target=None, met=rate >= LEAST)
    report.add("  second half against the first", slowdown, "times", target=MOST_SLOWDOWN)
    report.add("  memory beyond that of the first half", grown, "MB", target=MOST_GROWTH)


def fill(place: Place, claims: int) -> None:
    values = {"organization": place.people["organization"], "claims": claims, "providers": PROVIDERS}
    values["patients"] = max(1, claims // A_PATIENT)
    with psycopg.connect(place.superuser_url, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        for statement in FILL:
            connection.execute(statement, values)
        connection.execute("VACUUM (ANALYZE)")


def _work(place: Place, jobs: list[str], claims: int) -> tuple[float, float, float]:
    """Seconds of both workers, how much slower the second half was than the first, megabytes that it took more."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "bench.adjudication", "work", place.people["organization"]]
    environment = os.environ | place.environment
    workers = [
        subprocess.Popen([*command, job], env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True) for job in jobs
    ]
    told = [json.loads(worker.communicate()[0]) for worker in workers]
    seconds = max(each["end"] for each in told) - min(each["begin"] for each in told)
    assert sum(each["claims"] for each in told) == claims and time.perf_counter() - begun >= seconds
    slowdown = max(each["second"] / each["first"] for each in told)
    return seconds, slowdown, max(each["grown"] for each in told)


def copy(url: str) -> float:
    """Seconds to copy what the product wrote into its own tables, in one transaction."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in DRAW:
            connection.execute(statement)
        return copy_again(connection, ORDERS)


def begin(organization: UUID) -> list[str]:
    """Somebody who manages claims, rules that ask for every step, and the two jobs of a batch."""
    from django.db import transaction

    from bailiwick.apps.claims.actions.batches import adjudicate_waiting
    from bailiwick.apps.claims.models import RuleSet
    from bailiwick.kernel.access.entry import enter_as_member
    from bailiwick.kernel.base.actors import ActorRef
    from bailiwick.kernel.identity.choices import Credential
    from bailiwick.kernel.tenancy.scope import enter
    from bench.people import add_person

    with enter(organization):
        member = UUID(
            add_person(ActorRef(organization, None, Credential.SYSTEM), "Manager One", "claims-admin")["member"]
        )
        parameters = {"second_person_above": "100000", "review_codes": ["27447"], "unit_limits": {"99213": 2}}
        RuleSet.objects.create(version=1, title="Bench", parameters=parameters, state="active", made_by_id=member)
    entry = enter_as_member(organization, member, credential=Credential.SESSION, request_id="bench")
    with transaction.atomic(), entry as actor:
        assert actor
        return [str(job.id) for job in adjudicate_waiting(actor=actor)]


def work(organization: str, job_id: str) -> dict[str, float]:
    """One worker: the moment and the memory after each chunk."""
    from bailiwick.apps.claims.actions import batches
    from bailiwick.kernel.jobs.models import Job
    from bailiwick.kernel.jobs.tasks import run_job
    from bailiwick.kernel.tenancy.scope import enter

    moments: list[tuple[float, float]] = []
    listed = batches.list_waiting

    def listing(**asked: Any) -> list[UUID]:
        moments.append((time.time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
        return listed(**asked)

    batches.list_waiting = listing
    run_job(organization, job_id)
    with enter(UUID(organization)):
        job = Job.objects.get(id=job_id)
    assert job.state == "done", (job.error, job.trace)
    # The last chunk is the rest: halves are of whole ones.
    half = (len(moments) - 1) // 2
    (begin, _), (middle, first), (later, last) = moments[0], moments[half], moments[2 * half]
    return {
        "claims": job.result["approved"] + job.result["under_review"],
        "begin": begin,
        "end": moments[-1][0],
        "first": middle - begin,
        "second": later - middle,
        "grown": last - first,
    }


if __name__ == "__main__":
    django.setup()
    from bailiwick.config.celery import settle

    # As a worker is before it takes its first job.
    settle()
    match sys.argv[1:]:
        case ["begin", organization]:
            print(json.dumps(begin(UUID(organization))))
        case ["work", organization, job_id]:
            print(json.dumps(work(organization, job_id)))
