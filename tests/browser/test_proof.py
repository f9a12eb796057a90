"""The proof page: what is sealed is seen at a glance, and verified with a click."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from bailiwick.kernel.audit.actions.anchors import change_anchor_policy
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.browsers import Look, faults_at
from bailiwick.kernel.testing.factories import actor_for, new_member
from bailiwick.kernel.testing.sealing import seal_everything

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def keeper(organization: Any, settings: LazySettings, tmp_path: Path) -> Any:
    """Who may anchor, in an organisation that has seals and mails them."""
    settings.ANCHORS_FOLDER = tmp_path / "anchors"
    keeper = new_member(organization, "administrator", "auditor")
    with enter(organization.id, member_id=keeper.id):
        change_anchor_policy(actor=actor_for(keeper), addresses=["notary@example.org"], authority_url="", every=86_400)
    seal_everything(organization.id)
    return keeper


def run_newest(organization: Any) -> None:
    with enter(organization.id):
        job = Job.objects.exclude(member=None).latest("id")
    run_job(str(organization.id), str(job.id))


def test_the_pages_of_proof_are_accessible(sign_in: Any, organization: Any, keeper: Any, look: Look) -> None:
    page = sign_in(keeper)
    assert faults_at(page, ["/audit/proof/", "/settings/anchors/"]) == {}


def test_a_seal_goes_out_and_the_trail_is_verified_by_hand(sign_in: Any, organization: Any, keeper: Any) -> None:
    page = sign_in(keeper)
    page.goto("/audit/proof/")
    page.get_by_role("button", name="Put the newest outside now").click()
    page.get_by_text("Progress").wait_for()
    run_newest(organization)
    page.goto("/audit/proof/")
    page.get_by_role("row", name="Mail").get_by_text("kept").wait_for()
    page.get_by_role("button", name="Verify now").click()
    page.get_by_text("Progress").wait_for()
    run_newest(organization)
    page.reload()
    page.get_by_role("link", name="Open the result").click()
    page.get_by_text("nothing found").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the verifier").click()
    assert download.value.suggested_filename == "bailiwick-verifier.py"
