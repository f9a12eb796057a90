"""`python -m bench [NAME ...]`: run the benches, all or those named, print the table and write var/bench.json."""

import sys
import time

from bench import (
    adjudication,
    authority,
    bulk,
    claim_import,
    claims,
    export,
    ingest,
    insured,
    jobs,
    lists,
    once,
    patient_events,
    reads,
    review,
    sealing,
    signing_in,
    stack,
    statistics,
    tables,
    trail,
    webhooks,
)
from bench.report import Report
from bench.stage import ROOT, Stage

BENCHES = {
    "review": review.run,
    "once": once.run,
    "claims": claims.run,
    "ingest": ingest.run,
    "insured": insured.run,
    "bulk": bulk.run,
    "lists": lists.run,
    "reads": reads.run,
    "signing_in": signing_in.run,
    "authority": authority.run,
    "export": export.run,
    "statistics": statistics.run,
    "jobs": jobs.run,
    "claim_import": claim_import.run,
    "adjudication": adjudication.run,
    "patient_events": patient_events.run,
    "webhooks": webhooks.run,
    "tables": tables.run,
    "sealing": sealing.run,
    "trail": trail.run,
    "stack": stack.run,
}


def main(names: list[str]) -> None:
    if unknown := set(names) - set(BENCHES):
        sys.exit(f"No bench {', '.join(sorted(unknown))}: choose among {', '.join(BENCHES)}.")
    begun, report = time.monotonic(), Report()
    with Stage() as stage:
        report.head()
        for name in names or BENCHES:
            BENCHES[name](stage, report)
    report.write(ROOT / "var" / "bench.json")
    print(f"In {time.monotonic() - begun:.0f} s, written to var/bench.json")


if __name__ == "__main__":
    main(sys.argv[1:])
