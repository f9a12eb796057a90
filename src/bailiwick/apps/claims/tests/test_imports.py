"""Bringing claims in from a file."""

import csv
import gzip
import io
from decimal import Decimal
from typing import Any

import pytest

from bailiwick.apps.claims.actions import imports
from bailiwick.apps.claims.actions.imports import map_columns, open_import
from bailiwick.apps.claims.models import Claim, ClaimLine, ImportedClaim, Patient, Provider, RejectedClaim, StatusChange
from bailiwick.apps.claims.tests.factories import new_patient, new_provider
from bailiwick.apps.claims.tests.files import (
    HEADING,
    NPI,
    ROWS,
    WRONG_NPI,
    begun,
    brought,
    counts,
    finished,
    objects,
    table,
    workbook,
)
from bailiwick.kernel.access.errors import Forbidden
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.files.queries import open_content
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for

pytestmark = pytest.mark.django_db(transaction=True)

GIVEN = ["A-7", "P-1", NPI, "2026-03-02", "C00.0", "10001", "", 1, "75", ""]


@pytest.fixture
def admin(organization: Any, member: Any) -> Any:
    """Somebody who manages claims, where two patients and a provider are known."""
    actor = actor_for(member(organization, "claims-admin"))
    with enter(organization.id):
        new_patient(number="P-1")
        new_patient(number="P-2", first_name="Grace", last_name="Hopper")
        new_provider(name="Clinic", npi=NPI)
    return actor


def told(opened: Any) -> dict[int, dict[str, list[str]]]:
    with enter(opened.organization_id):
        return {row.line: row.errors for row in RejectedClaim.objects.filter(source=opened)}


def with_cell(column: str, value: Any) -> list[Any]:
    return [value if heading == column else cell for heading, cell in zip(HEADING, GIVEN, strict=True)]


@pytest.mark.parametrize(("make", "name"), [(table, "claims.csv"), (workbook, "claims.xlsx")])
def test_rows_of_one_number_become_one_claim_and_what_is_not_in_order_is_kept_aside(
    make: Any, name: str, admin: Any, organization: Any
) -> None:
    opened = brought(admin, make(ROWS), name)
    assert opened.job and opened.job.state == "done", opened.job and opened.job.error
    assert counts(opened) == (2, 0, 2)
    assert (opened.job.done, opened.job.total, opened.job.rejected) == (6, 6, 3)
    with enter(organization.id):
        first, second = Claim.objects.order_by("external_id")
        assert (first.external_id, first.amount, first.source) == ("A-1", Decimal("150.50"), "import")
        assert first.stage == "accepted"
        lines = ClaimLine.objects.filter(claim=first).order_by("sequence")
        assert [(line.procedure_code, line.modifiers, line.quantity, line.amount) for line in lines] == [
            ("10001", [], Decimal(1), Decimal("100.00")),
            ("10002", ["LT"], Decimal(2), Decimal("50.50")),
        ]
        assert (second.patient.number, second.diagnoses) == ("P-2", [{"code": "C00.0"}])
        assert StatusChange.objects.count() == 2
        assert list(ImportedClaim.objects.order_by("id").values_list("line", "is_new")) == [(2, True), (4, True)]
    assert told(opened) == {
        5: {"Patient": ["There is no patient of this number. Add the patient first."]},
        6: {"row": ["Another row that belongs with this one is not in order."]},
        7: {"Units": ["Give a number."]},
    }


def test_rejected_rows_mended_and_sent_again_are_taken_and_the_whole_file_is_recognised(
    admin: Any, organization: Any
) -> None:
    opened = brought(admin, table(ROWS))
    assert opened.rejected_file
    with enter(organization.id), open_content(opened.rejected_file) as content:
        heading, *rows = csv.reader(io.StringIO(content.read().decode("utf-8-sig")))
    assert heading == [*HEADING, "errors"]
    assert [row[0] for row in rows] == ["A-3", "A-4", "A-4"]
    rows[0][1], rows[2][7] = "P-2", "1"
    again = brought(admin, table(rows, heading), "mended.csv")
    assert (counts(again), told(again)) == ((2, 0, 0), {})
    whole = [*ROWS[:3], rows[0][:-1], rows[1][:-1], rows[2][:-1]]
    assert counts(brought(admin, table(whole))) == (0, 4, 0)
    with enter(organization.id):
        assert (Claim.objects.count(), ClaimLine.objects.count(), StatusChange.objects.count()) == (4, 6, 4)


def test_a_number_that_comes_again_with_other_content_is_told_at_its_column(admin: Any) -> None:
    brought(admin, table(ROWS[:2]))
    changed = brought(admin, table([[*ROWS[0][:8], "101.00", ""]]))
    assert told(changed) == {2: {"Claim number": ["The number came before with another claim."]}}


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("Claim number", "", "Give the number of the claim."),
        ("Patient", "", "Give the patient's number, or first name, last name and day of birth."),
        ("NPI", "9999999999", "There is no provider of this NPI for whom you may submit."),
        ("NPI", "12345678901", "Give at most 10 characters."),
        ("Date of service", "03/02/2026", "Give the day as year, month and day: 2026-03-02."),
        ("Date of service", "2026-02-30", "Give the day as year, month and day: 2026-03-02."),
        ("Date of service", "2999-01-01", "The day of service has not come yet."),
        ("Date of service", "1900-01-01", "The service is before the patient's birth."),
        ("Modifiers", "LTX", "Modifiers are two characters each."),
        ("Units", "0", "Give the units as a number above 0, with at most four decimal places."),
        ("Units", "-1", "Give the units as a number above 0, with at most four decimal places."),
        ("Charge", "", "Say what is billed."),
        ("Charge", "1.005", "Give an amount with at most two decimal places, such as 150.00."),
        ("Charge", "NaN", "Give a number."),
        ("Charge", "1e9", "Give a number."),
        ("Total", "76", "The lines come to 75, the claim says 76."),
    ],
)
def test_what_is_wrong_is_told_at_its_column(column: str, value: str, sentence: str, admin: Any) -> None:
    opened = brought(admin, table([with_cell(column, value)]))
    assert (counts(opened), told(opened)) == ((0, 0, 1), {2: {column: [sentence]}})


@pytest.mark.parametrize("charge", ["-75", "0.50", "10000000.01", "99999999999"])
def test_amounts_that_are_absurd_are_refused(charge: str, admin: Any) -> None:
    opened = brought(admin, table([with_cell("Charge", charge), ["A-8", *GIVEN[1:]]]))
    assert counts(opened) == (1, 0, 1)
    assert [*told(opened)[2]] == ["Charge"]


def test_a_wrong_code_or_npi_is_an_edit_of_the_claim_and_no_refusal(admin: Any, organization: Any) -> None:
    rows = [with_cell("CPT", "no code"), ["A-8", "P-1", WRONG_NPI, *GIVEN[3:]]]
    opened = brought(admin, table(rows), adds_parties=True)
    assert counts(opened) == (2, 0, 0)
    with enter(organization.id):
        wrong, provided = Claim.objects.order_by("external_id")
        assert {wrong.stage, provided.stage} == {"returned"}
        assert [edit["code"] for edit in provided.edits] == ["A7:562"]
        assert provided.provider.npi == WRONG_NPI


def test_the_rows_of_a_claim_say_the_same(admin: Any) -> None:
    other = ["A-7", "P-2", *GIVEN[2:]]
    opened = brought(admin, table([GIVEN, other, ["A-7", "", "", *GIVEN[3:]]]))
    assert counts(opened) == (0, 0, 1)
    assert told(opened)[3] == {"Patient": ["The rows of this claim do not say the same."]}


def test_a_row_that_cannot_be_read_takes_its_neighbours_along(admin: Any, organization: Any) -> None:
    content = table(ROWS[:2]) + b"A-1,P-1\r\n" + table([ROWS[2], ["A-9", *GIVEN[1:]]]).split(b"\r\n", 1)[1]
    opened = brought(admin, content)
    assert (counts(opened), [*told(opened)]) == ((1, 0, 1), [2, 3, 4, 5])
    with enter(organization.id):
        assert Claim.objects.get().external_id == "A-9"


def test_unknown_patients_and_providers_are_added_where_that_is_asked_for(
    admin: Any, organization: Any, member: Any
) -> None:
    heading = ["Number", "First name", "Last name", "Birth date", "Provider name", "DOS", "Procedure", "Amount"]
    rows = [
        ["B-1", "Ada", "Lovelace", "1985-12-10", "New clinic", "2026-03-02", "10001", "75"],
        ["B-2", "Ada", "Lovelace", "1985-12-10", "New clinic", "2026-03-02", "10001", "75"],
    ]
    opened = brought(admin, table(rows, heading))
    assert counts(opened) == (0, 0, 2)
    assert [*told(opened)[2]] == ["patient", "provider_npi"]
    assert counts(brought(admin, table(rows, heading), adds_parties=True)) == (2, 0, 0)
    assert counts(brought(admin, table(rows, heading), adds_parties=True)) == (0, 2, 0)
    with enter(organization.id):
        assert Patient.objects.filter(last_name="Lovelace").count() == 1
        assert Provider.objects.filter(name="New clinic").count() == 1
    processor = actor_for(member(organization, "claims-processor"))
    with pytest.raises(Forbidden):
        begun(processor, table(rows, heading), adds_parties=True)


def test_a_patient_of_another_birth_is_not_the_one_of_the_number(admin: Any) -> None:
    heading = [*HEADING, "Date of birth"]
    opened = brought(admin, table([[*GIVEN, "1985-12-11"]], heading))
    assert told(opened)[2] == {"Patient": ["The patient of this number was born on another day."]}
    assert counts(brought(admin, table([[*GIVEN, "1985-12-10"]], heading))) == (1, 0, 0)


def test_a_provider_brings_their_own_claims_alone(admin: Any, organization: Any, member: Any) -> None:
    person = member(organization, "provider")
    with enter(organization.id):
        new_provider(name="Own", npi="1003000126", member_id=person.id)
    actor = actor_for(person)
    foreign = brought(actor, table([GIVEN]))
    assert told(foreign)[2] == {"NPI": ["There is no provider of this NPI for whom you may submit."]}
    assert counts(brought(actor, table([with_cell("NPI", "1003000126")]))) == (1, 0, 0)
    assert counts(brought(actor, table([["A-9", *with_cell("NPI", "")[1:]]]))) == (1, 0, 0)


def test_an_object_is_a_claim_with_its_lines(admin: Any, organization: Any) -> None:
    good = {
        "number": "J-1",
        "patient": "P-1",
        "provider_npi": NPI,
        "service_date": "2026-03-02",
        "service_end": "2026-03-05",
        "type": "institutional",
        "total": 120.5,
        "diagnoses": ["C00.0", {"code": "I10", "kind": "secondary"}],
        "lines": [
            {"procedure_code": "99213", "amount": "100.00", "modifiers": ["25"], "diagnosis_pointers": [1, 2]},
            {"ndc": "0002-1433-80", "unit_price": 10.25, "units": 2},
        ],
    }
    bad = good | {"number": "J-2", "colour": "red", "lines": [{"amount": {"value": 1}}]}
    opened = brought(admin, gzip.compress(objects([good, bad])), "claims.jsonl.gz")
    assert counts(opened) == (1, 0, 1)
    with enter(organization.id):
        claim = Claim.objects.get()
        assert (claim.kind, claim.amount, str(claim.service_end)) == ("institutional", Decimal("120.50"), "2026-03-05")
        first, second = ClaimLine.objects.filter(claim=claim).order_by("sequence")
        assert (first.modifiers, first.diagnosis_pointers, first.service_date) == (["25"], [1, 2], None)
        assert (second.ndc, second.amount) == ("00002143380", Decimal("20.50"))
    assert {"colour", "lines.0.amount"} <= told(opened)[2].keys()
    assert opened.rejected_file and opened.rejected_file.name.endswith(".jsonl")


@pytest.mark.parametrize("encode", [lambda text: b"\xef\xbb\xbf" + text.encode(), lambda text: text.encode("utf-16")])
def test_marks_and_encodings_that_say_what_they_are_are_read(encode: Any, admin: Any) -> None:
    assert counts(brought(admin, encode(table(ROWS).decode()))) == (2, 0, 2)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (table(ROWS).replace(b"P-1", "Größe".encode("latin-1")), "not UTF-8"),
        (gzip.compress(table(ROWS))[:-12], "breaks off"),
        (gzip.compress(b"Claim number,Patient\n" + b"0" * (300 << 20)), "times its size"),
        (b"%PDF-1.7", "This is a PDF"),
        (b"", "empty"),
    ],
    ids=["latin-1", "truncated", "bomb", "pdf", "empty"],
)
def test_a_file_that_cannot_be_read_is_refused_or_ends_its_job_with_a_sentence(
    content: bytes, sentence: str, admin: Any, organization: Any
) -> None:
    try:
        opened = brought(admin, content, "claims.csv.gz" if content[:2] == b"\x1f\x8b" else "claims.csv")
    except InvalidInput as refusal:
        told = refusal.fields["file"][0]
    else:
        assert opened.job and opened.job.state == "dead"
        told = opened.job.error
    assert sentence in told
    with enter(organization.id):
        assert not Claim.objects.exists()


def test_a_job_that_breaks_between_chunks_goes_on_where_it_stopped(
    admin: Any, organization: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports.CLAIMS, "chunk", 4)
    rows = [[f"K-{number // 2}", *ROWS[number % 2][1:]] for number in range(30)]
    taken, submit = [], imports.submit_claims

    def broken(**given: Any) -> Any:
        taken.append(given)
        outcomes = submit(**given)
        if len(taken) == 3:
            raise ConnectionError
        return outcomes

    monkeypatch.setattr(imports, "submit_claims", broken)
    opened = brought(admin, table(rows))
    assert opened.job and (opened.job.state, opened.job.done) == ("waiting", 8)
    with enter(organization.id):
        Job.objects.filter(id=opened.job_id).update(available_at=opened.job.submitted_at)
    opened = finished(organization.id, opened)
    assert opened.job and (opened.job.state, opened.job.done, counts(opened)) == ("done", 30, (15, 0, 0))
    with enter(organization.id):
        assert (Claim.objects.count(), ClaimLine.objects.count(), ImportedClaim.objects.count()) == (15, 30, 15)


def test_a_column_has_to_name_the_claim(admin: Any, organization: Any) -> None:
    with enter(organization.id, member_id=admin.member_id):
        opened = open_import(actor=admin, upload=("claims.csv", io.BytesIO(table(ROWS))))
        with pytest.raises(InvalidInput) as refused:
            map_columns(actor=admin, import_id=opened.id, mapping={"number": "", "service_date": "Nothing"})
    assert {*refused.value.fields} == {"number", "service_date"}
