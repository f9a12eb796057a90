"""Files of claims that are meant to do harm, or that people made without meaning to: each row is told by itself."""

import io
import json
import zipfile
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from xlsxwriter import Workbook

from bailiwick.apps.claims.actions.imports import CLAIMS, map_columns, open_import, read_claim
from bailiwick.apps.claims.models import Claim, ClaimLine, Patient, RejectedClaim
from bailiwick.apps.claims.tests.factories import new_patient, new_provider
from bailiwick.apps.claims.tests.files import HEADING, NPI, brought, counts, table, workbook
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.imports.queries import forecast
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import actor_for

pytestmark = pytest.mark.django_db(transaction=True)

ROW = ["A-7", "P-1", NPI, "2026-03-02", "C00.0", "10001", "", 1, "75", ""]
GOOD = {
    "number": "J-1",
    "patient": "P-1",
    "provider_npi": NPI,
    "service_date": "2026-03-02",
    "diagnoses": ["C00.0"],
    "lines": [{"procedure_code": "10001", "amount": 75}],
}


@pytest.fixture
def admin(organization: Any, member: Any) -> Any:
    actor = actor_for(member(organization, "claims-admin"))
    with enter(organization.id):
        new_patient(number="P-1")
        new_provider(name="Clinic", npi=NPI)
    return actor


def told(opened: Any) -> dict[int, dict[str, list[str]]]:
    assert opened.job.state == "done", opened.job.error
    with enter(opened.organization_id):
        return {row.line: row.errors for row in RejectedClaim.objects.filter(source=opened)}


def with_cell(column: str, value: Any) -> list[Any]:
    return [value if heading == column else cell for heading, cell in zip(HEADING, ROW, strict=True)]


@pytest.mark.parametrize("amount", ["1e30", "1e300", "-1e25", "1" * 40, "1e21", "123456789012345678901234567890.5"])
def test_a_number_that_no_claim_has_spoils_its_line_alone(amount: str, admin: Any) -> None:
    bad = json.dumps(GOOD | {"number": "J-0"}).replace("75", amount).encode()
    opened = brought(admin, bad + b"\n" + json.dumps(GOOD).encode() + b"\n", "claims.jsonl")
    assert [*told(opened)] == [1]
    assert [*told(opened)[1]] == ["lines.0.amount"]
    assert counts(opened) == (1, 0, 1)


@pytest.mark.parametrize("written", [b"1E+400", b"-1E+400", b"NaN", b"1E+30"])
def test_a_number_of_a_sheet_that_is_none_spoils_its_row_alone(written: bytes, admin: Any) -> None:
    content = workbook([with_cell("Charge", 4711), ["A-8", *ROW[1:]]])
    opened = brought(admin, changed(content, b"<v>4711</v>", b"<v>" + written + b"</v>"), "claims.xlsx")
    assert (counts(opened), [*told(opened)]) == ((1, 0, 1), [2])


def changed(book: bytes, was: bytes, now: bytes, where: str = "xl/worksheets/sheet1.xml") -> bytes:
    """A workbook of which a part says something else."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as given, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for entry in given.infolist():
            part = given.read(entry)
            if entry.filename == where:
                assert was in part
                part = part.replace(was, now)
            made.writestr(entry, part)
    return content.getvalue()


def test_a_nul_that_a_sheet_spells_out_spoils_no_other_claim(admin: Any) -> None:
    content = workbook([with_cell("Patient", "HERE"), *([name, *ROW[1:]] for name in ("A-8", "A-9"))])
    content = changed(content, b"HERE", b"P-1_x0000_", "xl/sharedStrings.xml")
    opened = brought(admin, content, "claims.xlsx")
    # The row after it may belong to the same claim.
    assert (counts(opened), [*told(opened)]) == ((1, 0, 1), [2, 3])


def test_what_is_billed_follows_from_units_and_price_rounded_half_up(admin: Any, organization: Any) -> None:
    lines = [{"procedure_code": "10001", "unit_price": "10.0050", "units": 1}]
    assert told(brought(admin, json.dumps(GOOD | {"lines": lines}).encode(), "claims.jsonl")) == {}
    with enter(organization.id):
        assert Claim.objects.get().amount == Decimal("10.01")


def test_pointers_of_endless_digits_spoil_their_row_alone(admin: Any) -> None:
    heading = [*HEADING, "Pointers"]
    opened = brought(admin, table([[*ROW, "9" * 5000], ["A-8", *ROW[1:], "1"]], heading))
    assert told(opened) == {2: {"Pointers": ["Name the diagnoses by their places, such as 1, 2."]}}


def test_blanks_where_nothing_is_said_do_not_contradict(admin: Any, organization: Any) -> None:
    opened = brought(admin, table([ROW, ["A-7", "  ", " ", *ROW[3:]]]))
    assert told(opened) == {}
    with enter(organization.id):
        assert Claim.objects.get().amount == Decimal(150)
        assert ClaimLine.objects.count() == 2
        assert Patient.objects.count() == 1


def test_lines_of_a_claim_that_stand_apart_are_refused_together(admin: Any, organization: Any) -> None:
    other = ["A-8", *ROW[1:]]
    opened = brought(admin, table([ROW, other, [*ROW[:5], "10002", *ROW[6:]], ["A-9", *ROW[1:]]]))
    apart = {"row": ["Rows that belong with this one stand elsewhere in the file. Sort the file and give it again."]}
    assert (counts(opened), told(opened)) == ((2, 0, 2), {2: apart, 4: apart})
    with enter(organization.id):
        assert sorted(Claim.objects.values_list("external_id", flat=True)) == ["A-8", "A-9"]


def test_lines_that_stand_apart_are_found_in_a_chunk_and_beyond(
    admin: Any, organization: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CLAIMS, "chunk", 2)
    rows = [[f"B-{number}", *ROW[1:]] for number in range(7)]
    opened = brought(admin, table([ROW, *rows, [*ROW[:5], "10002", *ROW[6:]]]))
    assert (counts(opened), [*told(opened)]) == ((7, 0, 2), [2, 10])
    with enter(organization.id, member_id=admin.member_id):
        foreseen = forecast(CLAIMS, admin, opened, read_claim)
    assert (foreseen.rejected, foreseen.repeated, foreseen.total) == (2, 7, 9)


def test_a_claim_that_stands_twice_in_a_file_is_recognised_and_one_without_a_number_is_told(admin: Any) -> None:
    nameless = ["", *ROW[1:]]
    opened = brought(
        admin, table([ROW, ["A-8", *ROW[1:]], ROW, nameless, ["A-9", *ROW[1:]], ["", *ROW[1:5], "10002", *ROW[6:]]])
    )
    assert counts(opened) == (3, 1, 2)
    assert set(map(str, told(opened).values())) == {"{'Claim number': ['Give the number of the claim.']}"}


def test_a_field_that_claims_do_not_have_is_no_column(admin: Any, organization: Any) -> None:
    with enter(organization.id, member_id=admin.member_id):
        opened = open_import(actor=admin, upload=("claims.csv", io.BytesIO(table([ROW]))))
        with pytest.raises(InvalidInput) as refused:
            map_columns(actor=admin, import_id=opened.id, mapping=opened.mapping | {"amout": "Charge"})
    assert refused.value.fields == {"amout": ["Nothing of this name is known."]}


def test_a_table_as_european_sheets_write_it_is_read(admin: Any, organization: Any) -> None:
    heading = "\ufeffClaim number;Patient;NPI;DOS;Dx1;CPT;Units;Charge;Description\r\n"
    line = f'A-7;P-1;{NPI};2026-03-02;C00.0;10001;1,5;1.234,50;"Verband;\r\ngroß"\r\n'
    assert told(brought(admin, (heading + line).encode())) == {}
    with enter(organization.id):
        [line] = ClaimLine.objects.all()
        assert (line.amount, line.quantity, line.text) == (Decimal("1234.50"), Decimal("1.5"), "Verband;\r\ngroß")


def test_the_last_line_that_is_torn_off_spoils_nothing_before_it(admin: Any) -> None:
    whole = json.dumps(GOOD).encode()
    torn = brought(admin, whole + b"\n" + whole.replace(b"J-1", b"J-2")[:-20], "claims.jsonl")
    assert (counts(torn), [*told(torn)]) == ((1, 0, 1), [2])
    assert "breaks off" in told(torn)[2]["row"][0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (table([ROW], [*HEADING[:-1], "Charge"]), "stands over two columns"),
        (table([ROW]).decode().encode("utf-16-le"), "This is"),
        (workbook([ROW])[:-200], "workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "password"),
    ],
    ids=["twice", "no mark", "cut", "locked"],
)
def test_a_file_that_is_no_table_is_refused_where_it_is_given(content: bytes, said: str, admin: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        brought(admin, content)
    assert said in refused.value.fields["file"][0]


def test_values_of_a_sheet_are_read_as_excel_keeps_them(admin: Any, organization: Any) -> None:
    content = io.BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADING)
        sheet.write_row(1, 0, ["A-7", "P-1", int(NPI)])
        sheet.write_datetime(1, 3, datetime(2026, 3, 2), book.add_format({"num_format": "dd.mm.yyyy"}))
        sheet.write_row(1, 4, ["C00.0", 10001, "", 3])
        sheet.write_formula(1, 8, "=0.1+0.2+75", None, 75.30000000000001)
        sheet.write_number(1, 9, 75.3)
    assert told(brought(admin, content.getvalue(), "claims.xlsx")) == {}
    with enter(organization.id):
        claim = Claim.objects.get()
        assert (claim.amount, str(claim.service_date), claim.procedure_code) == (
            Decimal("75.30"),
            "2026-03-02",
            "10001",
        )
