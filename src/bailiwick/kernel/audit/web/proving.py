"""The jobs of the proof page: verifying a trail, and writing it down for others to verify."""

from tempfile import TemporaryFile
from typing import Any

from django.urls import reverse
from django.utils.timezone import localdate

from bailiwick.kernel.audit.actions import seal_rows
from bailiwick.kernel.audit.actions.proving import note_verification
from bailiwick.kernel.audit.errors import NothingSealed
from bailiwick.kernel.audit.manifest import BUNDLE
from bailiwick.kernel.audit.queries.anchors import list_known_anchors
from bailiwick.kernel.audit.queries.blocks import get_newest_block
from bailiwick.kernel.audit.queries.verification import verify, write_bundle
from bailiwick.kernel.audit.verifier import Chain, Finding
from bailiwick.kernel.files.actions import store_made
from bailiwick.kernel.files.choices import FileKind
from bailiwick.kernel.jobs.running import Run
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter

MOST_TOLD = 50
"""Findings of a verification that are kept by name."""


def run_verification(run: Run) -> dict[str, Any]:
    """Compute every seal anew, and keep what was found as an event. A next try begins anew."""
    if run.position:
        return dict(run.position)
    organization = _sealed(run)
    with run.read():
        anchors = list_known_anchors()
    found: list[Finding] = []

    def say(finding: Finding) -> None:
        if len(found) < MOST_TOLD:
            found.append(finding)

    def note(chain: Chain) -> None:
        with run.step():
            run.done, run.rejected = chain.number, chain.findings

    chain = verify(organization, anchors, say, note)
    with run.step() as actor:
        assert actor
        note_verification(actor.ref, organization, chain, found)
        run.done, run.rejected = chain.number, chain.findings
        run.position = {"findings": chain.findings, "url": reverse("audit:proof")}
    return dict(run.position)


def run_bundle(run: Run) -> dict[str, Any]:
    """Write down what is sealed, whole, in one file; with the seal over what was erased a moment ago."""
    if run.position:
        return dict(run.position)
    organization = _sealed(run)
    with enter(organization.id):
        seal_rows()
    with TemporaryFile() as content:
        rows = write_bundle(organization, content)
        with run.step() as actor:
            assert actor
            name = f"trail-{organization.slug}-{localdate().isoformat()}.jsonl"
            stored = store_made(actor=actor, purpose=BUNDLE, name=name, kind=FileKind.JSONL, content=content)
            run.done, run.position = rows, {"file": str(stored.id), "rows": rows}
    return dict(run.position)


def _sealed(run: Run) -> Organization:
    """The organisation of the job; raises NothingSealed."""
    with run.read():
        newest = get_newest_block()
        if newest is None:
            raise NothingSealed
        run.total = newest.number
        return newest.organization
