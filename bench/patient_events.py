"""Admissions from a full queue to the changed claim, against jobs that do nothing: one worker process, in turn."""

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from typing import Any
from uuid import UUID

import psycopg

from bench.report import Report
from bench.stage import ROOT, Stage

COUNT = 5_000
ROUNDS = 3
MANY = 100_000
LEAST_SHARE = 0.35
LONGEST = 900.0

JOB = """id, organization_id, kind, key, arguments, member_id, request_id, state, attempt, is_cancel_asked, done,
rejected, position, result, error, trace, worker"""
NOTHING = f"""
INSERT INTO jobs_job ({JOB})
SELECT uuidv7(), %(organization)s, 'bench.nothing', '', '{{}}', %(member)s, '', 'waiting', 0, false, 0, 0, '{{}}',
       '{{}}', '', '', '' FROM generate_series(1, %(count)s::bigint)
"""
# As a superuser, without the triggers of foreign keys: what is written here is right by construction.
EVENTS = (
    """
    SET LOCAL session_replication_role = replica;
    CREATE TEMP TABLE made ON COMMIT DROP AS
        SELECT n, uuidv7() AS patient, uuidv7() AS claim, uuidv7() AS event, uuidv7() AS job
          FROM generate_series(1, %(count)s::bigint) n
    """,
    """
    INSERT INTO claims_patient (id, organization_id, number, first_name, last_name, date_of_birth, gender, email, phone)
    SELECT patient, %(organization)s, '', 'Ada', 'Patient ' || n, '1985-12-10', 'female', '', '' FROM made
    """,
    """
    INSERT INTO claims_claim (id, organization_id, number, version, external_id, source, kind, use, patient_id,
        provider_id, status, stage, pend, settled, is_live, edition, revision, diagnosis_code, procedure_code,
        diagnoses, amount, currency, service_date, place_of_service, is_paper, more, edits)
    SELECT claim, %(organization)s, 'E-' || right(claim::text, 20), 1, '', 'api', 'professional', 'claim', patient,
           %(member)s, 'submitted', 'accepted', '', '{}', true, 1, 1, 'C00.0', '10001', '[]', 150, 'USD', '2026-03-02',
           '', false, '{}', '[]' FROM made
    """,
    """
    INSERT INTO claims_patientevent (id, organization_id, source, source_id, patient_id, patient_reference, status_type,
        facility_name, details, occurred_at, state, moved, outcome, member_id, job_id)
    SELECT event, %(organization)s, 'bench', event::text, patient, '', 'admission', 'General Hospital', '{}', now(),
           'pending', 0, '', %(member)s, job FROM made
    """,
    f"""
    INSERT INTO jobs_job ({JOB})
    SELECT job, %(organization)s, 'claims.event', '', jsonb_build_object('event', event), %(member)s, '', 'waiting', 0,
           false, 0, 0, '{{}}', '{{}}', '', '', '' FROM made ORDER BY n
    """,
)
LEFT = "SELECT count(*) FROM jobs_job WHERE organization_id = %(organization)s AND finished_at IS NULL"
MOVED = """
SELECT count(*), count(DISTINCT claim_id) FROM claims_statuschange
 WHERE organization_id = %(organization)s AND event_id IS NOT NULL AND to_stage = 'under_review'
"""


def run(stage: Stage, report: Report) -> None:
    from bailiwick.runtime import parts

    place = stage.place(0)
    command = [word.replace("bailiwick.config.celery", "bench.workers") for word in parts.worker()]
    command = ["--concurrency=1" if word.startswith("--concurrency") else word for word in command]
    worker = subprocess.Popen(command, env=os.environ | place.environment, cwd=ROOT, start_new_session=True)
    try:
        known = {"organization": place.people["organization"], "member": place.people["reviewers"][0]["member"]}
        counts = json.dumps({"many": int(os.environ.get("BENCH_EVENTS", MANY))} | known)
        made = json.loads(place.run("-m", "bench.patient_events", place.superuser_url, counts))
    finally:
        os.killpg(worker.pid, signal.SIGTERM)
        worker.wait()
    rounds = made["rounds"]
    bare, ours = (statistics.median(COUNT / each[way] for each in rounds) for way in ("nothing", "events"))
    share = statistics.median(each["nothing"] / each["events"] for each in rounds)
    met = share >= LEAST_SHARE
    report.add("patient events, one worker", ours, "/s", floor=bare, ratio=share, target=LEAST_SHARE, met=met)
    many, lost = made["many"], made["lost"]
    report.add(f"  {many:,} queued, lost or doubled", lost, "events", target=0)
    report.add("  their rate", many / made["seconds"], "/s")


def measure(url: str, known: dict[str, Any]) -> dict[str, Any]:
    """Seconds from the first wake-up to the last end, both kinds in each round; then many events, and what is lost."""
    with psycopg.connect(url, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        for fill in ((NOTHING,), EVENTS):
            _time(connection, fill, known | {"count": 200})
        rounds = []
        for number in range(ROUNDS):
            ways = [("nothing", (NOTHING,)), ("events", EVENTS)]
            rounds.append(
                {
                    name: _time(connection, fill, known | {"count": COUNT})
                    for name, fill in ways[:: 1 - 2 * (number % 2)]
                }
            )
        seconds = _time(connection, EVENTS, known | {"count": known["many"]})
        row = connection.execute(MOVED, known).fetchone()
        assert row
        every = 200 + ROUNDS * COUNT + known["many"]
        return {
            "rounds": rounds,
            "many": known["many"],
            "seconds": seconds,
            "lost": abs(every - row[1]) + abs(row[0] - row[1]),
        }


def _time(connection: psycopg.Connection[Any], fill: tuple[str, ...], values: dict[str, Any]) -> float:
    from bailiwick.kernel.jobs.gateways import wake

    with connection.transaction():
        for statement in fill:
            connection.execute(statement, values)
    connection.execute("VACUUM (ANALYZE) jobs_job, claims_claim, claims_patient, claims_patientevent")
    begun = time.perf_counter()
    wake(UUID(values["organization"]))
    while _left(connection, values):
        if time.perf_counter() - begun > LONGEST:
            raise TimeoutError
        time.sleep(0.02)
    return time.perf_counter() - begun


def _left(connection: psycopg.Connection[Any], values: dict[str, Any]) -> int:
    row = connection.execute(LEFT, values).fetchone()
    assert row
    return int(row[0])


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(measure(sys.argv[1], json.loads(sys.argv[2]))))
