"""Every model, action, address and template is exercised by a test, or stands here with a reason."""

import re
from pathlib import Path
from typing import Any

from django.template.loader import get_template
from django.urls import get_resolver

from bailiwick.kernel.api.checks import walk
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import new_member
from tests.architecture.sources import PACKAGE, ROOT, defined, is_test, python_files, rooms
from tests.isolation.addresses import addresses, fill, received
from tests.worlds import World

ACTIONS = {
    "hand_on": "by every pass of the dispatcher, in the tests of events",
    "note_failure": "by consumers that raise, in the tests of events",
    "remembering": "by every page, in the tests of disclosures",
    "record_again": "by every form with faults beside a sensitive record, in the tests of disclosures",
    "record_mailed_alarm": "by the job that mails of the break-glass, in the tests of federation",
    "drop_spent_assertions": "by the daily job of domains, in the tests of federation",
    "record_refused_sign_in": "by every spoiled answer of a provider, in the tests of federation",
    "confirm_by_passkey": "by the page that asks again who somebody is, in the tests of policies",
    "change_person": "by the page about oneself, in the tests of identity",
    "write_export": "by the job of personal data, in the tests of members",
    "release_held": "by the end of every membership, in the tests of members",
    "clear_up": "by the end of every membership, in the tests of members",
    "note_device": "by every sign-in, in the tests of attempts",
    "submit_house_job": "by every mail that the installation sends, in the tests of attempts and of passwords",
    "confirm_address": "by the page that a mailed link opens, in the tests of identity",
    "record_mailed_link": "by the job that mails a link to a new password, in the tests of identity",
    "record_mailed_address_link": "by the job that mails a link to confirm an address, in the tests of identity",
    "replace_person": "by PUT, in the tests of SCIM",
    "patch_person": "by PATCH, in the tests of SCIM",
    "remove_person": "by DELETE, in the tests of SCIM",
    "replace_group": "by PUT, in the tests of SCIM",
    "patch_group": "by PATCH, in the tests of SCIM",
    "remove_group": "by DELETE, in the tests of SCIM",
    "follow_directory": "by the job that asks directories, in its tests",
    "note_sync": "by the job that asks directories, in its tests",
    "import_rows": "by the job of every import, in the tests of imports",
    "give_back": "from the list of predictions, in the review's tests of the API",
    "move_to_disputes": "from the list of predictions, in the review's tests of the API",
    "raise_priority": "from the list of predictions, in the review's tests of the API",
    "record_refused_ticket": "by every ticket that is none, in the tests of identity",
    "change_alert": "by its page, in the tests of notices",
    "switch_alert": "by its page, in the tests of notices",
    "pass_failure_on": "by every failed sign-in of somebody, in the tests of notices",
    "record_export": "by the job of every export, in the tests of lists",
    "note_anchor": "by the jobs that put seals outside, in the tests of audit",
    "note_verification": "by the job that verifies, in the tests of audit",
    "add_patient": "by POST, in the tests of patients and providers",
    "change_patient": "by PATCH, in the tests of patients and providers",
    "apply_cancellation": "by the job of every event that is cancelled, in the tests of events",
    "apply_merge": "by the job of every merge, in the tests of events",
    "change_benefit": "from the list of benefits, in the tests of the set-up of claims",
    "change_plan": "by its page, in the tests of the set-up of claims",
    "end_schedule": "by its page, in the tests of the set-up of claims",
    "expire_claims": "by the daily job, in the tests of changes of claims",
    "keep_claim": "by every work page of claims, in their tests",
    "load_packaged": "by the command that loads codes, in the tests of codes",
    "mark_breaches": "by the hourly job, in the tests of what is asked",
    "run_batch": "by the job of a batch, in the tests of judging by API",
    "run_simulation": "by the job of a trial, in the tests of the set-up of claims",
    "show_patients": "by every door that shows a patient, in the tests of disclosing",
    "record_failed_sign_in": "by every refused sign-in, in the events' tests of audit",
}
MODELS = {
    "ModelVersion": "made by every submission that names a model, and listed by the published contract",
    "organization_key": "makes the column that the isolation tests are about",
    "OrganizationModelBase": "makes the guards of each table, which the isolation tests look for",
    "OrganizationManager": "behind every query of the isolation tests",
    "OrganizationQuerySet": "behind every query of the isolation tests",
    "SealedModel": "abstract",
    "SealedModelBase": "makes the index in whose order the tests of audit seal",
    "Tally": "abstract",
    "BaseModel": "abstract",
    "iso_currency": "makes the column of currency beside every amount of a claim",
    "AbstractImport": "abstract",
    "AbstractTakenRow": "abstract",
    "AbstractRejectedRow": "abstract",
    "UUIDv7": "makes the key of every row",
    "every_method": "what a policy takes that says nothing",
    "UserManager": "Django asks for it where it signs in by name",
}
TEMPLATES: dict[str, str] = {
    "federation/door.html": "where nobody is signed in, in the tests of federation",
    "identity/application.html": "where one is being set up, in the tests of identity",
    "identity/code.html": "after the right password, in the tests of identity",
    "identity/key_shown.html": "by the answer that shows a new key, in the tests of identity",
    "identity/recovery_codes.html": "where there is an application, in the tests of identity",
    "web/offline.html": "by the command that writes it, in the tests of web",
    "predictions/_dashboard_models.html": "where something is decided, in the tests of the dashboard",
    "predictions/_decision.html": "by the steps of the workbench, in the tests of predictions",
    "predictions/_dispute.html": "by the steps of the workbench, in the tests of predictions",
    "claims/_bench.html": "where work is held, in the tests of work on claims",
    "claims/_boxes.html": "where work is held, in the tests of work on claims",
    "claims/_held.html": "where work is held, in the tests of work on claims",
    "claims/_explanation.html": "for patients and providers, in the tests of the portal",
    "operators/_visit.html": "for operators, in their tests",
    "operators/choose.html": "for operators, in their tests",
    "operators/row.html": "for operators, in their tests",
    "operators/table.html": "for operators, in their tests",
    "operators/tables.html": "for operators, in their tests",
    "predictions/_notice.html": "by the steps of the workbench, in the tests of predictions",
    "predictions/_opinion.html": "by the steps of the workbench, in the tests of predictions",
    "predictions/_undo.html": "by the steps of the workbench, in the tests of predictions",
}


def words_of_tests() -> set[str]:
    own = [path for path in python_files(tests=True) if is_test(path)]
    files = [*own, *(ROOT / "tests").rglob("*.py")]
    return {word for path in files if path != Path(__file__) for word in re.findall(r"\w+", path.read_text())}


def test_every_action_is_exercised() -> None:
    """By name in a test; what only another action calls is exercised with it."""
    known = words_of_tests()
    texts = [path.read_text() for path in [*rooms("actions"), *rooms("demo")]]
    actions = {name for path in rooms("actions") for name in defined(path)}
    called = {name for name in actions if any(re.search(rf"(?<!def )\b{name}\(", text) for text in texts)}
    assert actions - known - called == set(ACTIONS)


def test_every_model_is_exercised() -> None:
    models = {name for path in rooms("models") for name in defined(path)}
    assert models - words_of_tests() - set(MODELS) == set()


def test_every_address_is_walked() -> None:
    every = {route for route, _pattern in walk(get_resolver().url_patterns)}
    assert every == {route for keyed in (True, False) for route, _pattern in addresses(keyed=keyed)}
    assert len(every) > 40


def test_every_template_of_ours_is_rendered(mine: World) -> None:
    ours = {
        str(path.relative_to(folder)) for folder in PACKAGE.glob("*/*/templates") for path in folder.rglob("*.html")
    }
    for name in ours:
        get_template(name)
    seen: set[str] = set()
    for keyed in (True, False):
        for route, pattern in addresses(keyed=keyed):
            for extra in ({}, {"HX-Request": "true"}):
                client = with_session(mine.everybody, raise_request_exception=False)
                seen |= _rendered(client.get(fill(route, pattern, mine), headers=extra))
                seen |= _rendered(client.post(fill(route, pattern, mine), headers=extra))
    seen |= _rendered(with_session(mine.everybody).get(f"/audit/history/identity.member/{mine.everybody.id}/"))
    newcomer = with_session(new_member(mine.organization, "reviewer"))
    for path in ("/review", "/nothing-here", "/access/why/?right=predictions.review"):
        seen |= _rendered(newcomer.get(path))
    assert ours - seen == set(TEMPLATES)


def _rendered(answer: Any) -> set[str]:
    received(answer)
    return {str(template.name) for template in getattr(answer, "templates", [])}
