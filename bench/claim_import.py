"""Claims of five lines from a CSV by job, against COPY of the same claims and lines into the same tables."""

import csv
import io
import json
import os
import resource
import sys
import time
from uuid import UUID

import django
import psycopg

from bench.copying import copy_again
from bench.report import Report
from bench.stage import Stage

CLAIMS = 100_000
FEW = 500
LINES = 5
MOST_COPIES = 1 / 0.15
MOST_GROWTH = 32
"""Megabytes that all the claims may take more than a few."""
PATIENTS, PROVIDERS = 1_000, 50
HEADING = """Claim number,Patient,NPI,Date of service,Place of service,Diagnosis 1,Diagnosis 2,CPT,Modifiers,Pointers,
Units,Unit price,Amount,Total,Currency"""
# Drawn before the clock starts, as the product's are: the same rows under other keys and numbers.
DRAW = """
CREATE TEMP TABLE drawn AS
    SELECT id AS was, uuidv7() AS id FROM claims_claim WHERE external_id LIKE 'bench-%' ORDER BY id;
CREATE TEMP TABLE claim AS SELECT * FROM claims_claim WHERE id IN (SELECT was FROM drawn);
CREATE TEMP TABLE line AS SELECT * FROM claims_claimline WHERE claim_id IN (SELECT was FROM drawn);
UPDATE claim SET id = drawn.id, number = 'F-' || right(drawn.id::text, 23), external_id = 'floor-' || external_id
  FROM (SELECT was, id FROM drawn) drawn WHERE drawn.was = claim.id;
UPDATE line SET id = uuidv7(), claim_id = drawn.id FROM drawn WHERE drawn.was = line.claim_id;
"""
ORDERS = {"claims_claim": ("claim", "id"), "claims_claimline": ("line", "claim_id, sequence")}


def run(stage: Stage, report: Report) -> None:
    place, claims = stage.place(0), int(os.environ.get("BENCH_CLAIMS", CLAIMS))
    made = json.loads(place.run("-m", "bench.claim_import", place.people["organization"], str(claims)))
    floor = copy(place.superuser_url)
    name = f"import of {claims:,} claims of {LINES} lines"
    ratio = made["seconds"] / floor
    report.add(name, claims / made["seconds"], "claims/s", floor=claims / floor, ratio=ratio, target=MOST_COPIES)
    report.add(f"  memory beyond that for {FEW:,}", made["grown"], "MB", target=MOST_GROWTH)


def copy(url: str) -> float:
    """Seconds to copy what the product wrote into its own tables, with their indexes and checks, in one transaction."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = DEFAULT")
        for statement in DRAW.split(";\n"):
            if statement.strip():
                connection.execute(statement)
        return copy_again(connection, ORDERS)


def measure(organization: UUID, claims: int) -> dict[str, float]:
    """One import of a few and one of all, submitted by a manager and done here as a worker does it."""
    from bailiwick.kernel.base.actors import ActorRef
    from bailiwick.kernel.identity.choices import Credential
    from bailiwick.kernel.tenancy.scope import enter
    from bench.people import add_person

    with enter(organization):
        member = add_person(ActorRef(organization, None, Credential.SYSTEM), "Importer One", "claims-admin")["member"]
        npis = _fill()
    content = _table("bench", claims, npis)
    _bring(organization, UUID(member), _table("warm", FEW, npis))
    _count_rows()
    before = _peak()
    seconds = _bring(organization, UUID(member), content)
    return {"seconds": seconds, "grown": _peak() - before}


def _count_rows() -> None:
    """Tell the planner of the tables, as the server does by itself within a minute of the first rows."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as connection:
        connection.execute("ANALYZE")


def _fill() -> list[str]:
    """Patients and providers; each NPI with its check digit (CMS: Luhn over 80840 and the number)."""
    from bailiwick.apps.claims.models import Patient, Provider
    from bailiwick.apps.claims.rules.npi import is_npi

    npis = [next(npi for digit in range(10) if is_npi(npi := f"1{number:08}{digit}")) for number in range(PROVIDERS)]
    Provider.objects.bulk_create(Provider(name=f"Clinic {npi}", npi=npi) for npi in npis)
    person = {"first_name": "Ada", "date_of_birth": "1985-12-10"}
    Patient.objects.bulk_create(
        Patient(number=f"P-{number}", last_name=f"Patient {number}", **person) for number in range(PATIENTS)
    )
    return npis


def _table(mark: str, claims: int, npis: list[str]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADING.replace("\n", "").split(","))
    for claim in range(claims):
        prices = [20 + (claim * 7 + line * 13) % 400 for line in range(LINES)]
        whole = [f"{mark}-{claim}", f"P-{claim % PATIENTS}", npis[claim % PROVIDERS]]
        day = f"2026-0{1 + claim % 9}-{1 + claim % 28:02}"
        for line, price in enumerate(prices):
            code, units = 99201 + (claim + line) % 700, 1 + line % 2
            line_of = ["11", "C00.0", "I10", code, "25" if line == 0 else "", "1", units, f"{price}.50"]
            total = sum((1 + each % 2) * (price + 0.5) for each, price in enumerate(prices))
            writer.writerow([*whole, day, *line_of, f"{units * (price + 0.5):.2f}", f"{total:.2f}", "USD"])
    return text.getvalue().encode()


def _bring(organization: UUID, member: UUID, content: bytes) -> float:
    """Seconds of the job."""
    from django.db import transaction

    from bailiwick.apps.claims.actions.imports import open_import, start_import
    from bailiwick.apps.claims.models import ClaimImport
    from bailiwick.kernel.access.entry import enter_as_member
    from bailiwick.kernel.identity.choices import Credential
    from bailiwick.kernel.jobs.tasks import run_job
    from bailiwick.kernel.tenancy.scope import enter

    entry = enter_as_member(organization, member, credential=Credential.SESSION, request_id="bench")
    with transaction.atomic(), entry as actor:
        assert actor
        opened = open_import(actor=actor, upload=("claims.csv", io.BytesIO(content)))
        started = start_import(actor=actor, import_id=opened.id)
    begun = time.perf_counter()
    run_job(str(organization), str(started.job_id))
    seconds = time.perf_counter() - begun
    with enter(organization):
        done = ClaimImport.objects.select_related("job").get(id=opened.id)
    assert done.job and done.job.state == "done" and not done.rejected, done.job and (done.job.trace, done.rejected)
    return seconds


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    django.setup()
    from bailiwick.config.celery import settle

    # As a worker is before it takes its first job.
    settle()
    print(json.dumps(measure(UUID(sys.argv[1]), int(sys.argv[2]))))
