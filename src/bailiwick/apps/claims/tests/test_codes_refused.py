"""Lists of codes that are not what they should be, or come a second time; and what their publishers send."""

import io
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from xlsxwriter import Workbook

from bailiwick.apps.claims.actions import codes as actions
from bailiwick.apps.claims.actions.codes import load_codes
from bailiwick.apps.claims.models import Code, CodeSet
from bailiwick.apps.claims.queries.codes import open_book, validate_code
from bailiwick.apps.claims.tests.test_codes import (
    HCPCS,
    ORDER,
    PCS,
    house,
    load,
    organization,
    refused,
    release,
    stored,
)
from bailiwick.apps.claims.values.codes import NewCode
from bailiwick.kernel.base.errors import InvalidInput

__all__ = ["house", "organization"]

CMS = ["HCPC", "SEQNUM", "RECID", "LONG DESCRIPTION", "SHORT DESCRIPTION", "ADD DT", "ACT EFF DT", "TERM DT"]
ROWS = [
    ["A1", 100, 7, "Dressing for one wound", "Dressing", 19950101, 19950101, ""],
    ["A0021", 100, 3, "Ambulance service", "Outside state", 19820101, 20251231, 20251231],
    ["J1885", 100, 3, "Injection, ketorolac tromethamine", "Ketorolac", 19950101, 19950101, ""],
]


def workbook():
    content = io.BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([CMS, *ROWS]):
            sheet.write_row(number, 0, row)
    return content.getvalue()


def test_the_workbook_of_hcpcs_has_procedures_and_modifiers(house):
    procedures, _is_new = load(house, workbook(), release("hcpcs"))
    assert stored(procedures) == {
        "A0021": ("Ambulance service", True, {"valid_from": "1982-01-01", "valid_until": "2025-12-31"}),
        "J1885": ("Injection, ketorolac tromethamine", True, {"valid_from": "1995-01-01"}),
    }
    modifiers, _is_new = load(house, workbook(), release("modifier"))
    assert stored(modifiers) == {"A1": ("Dressing for one wound", True, {"valid_from": "1995-01-01"})}


def test_a_code_that_ended_is_valid_to_its_last_day(house):
    load(house, HCPCS, release("hcpcs", start=date(2025, 10, 1)))
    assert validate_code("hcpcs", "A0021", date(2025, 12, 31))["valid"]
    assert not validate_code("hcpcs", "A0021", date(2026, 1, 1))["valid"]


def test_the_list_of_drugs_of_fda_is_read_by_its_own_columns(house):
    heading = "PRODUCTID,PRODUCTNDC,NDCPACKAGECODE,PACKAGEDESCRIPTION,STARTMARKETINGDATE,ENDMARKETINGDATE"
    drugs, _is_new = load(house, f"{heading}\nx,0002-1433,0002-1433-80,4 SYRINGES,20140918,\n", release("ndc"))
    assert stored(drugs) == {"00002143380": ("4 SYRINGES", True, {"valid_from": "2014-09-18"})}


def hierarchy(many):
    return [NewCode(f"A{number // 100:02}.{number % 100:02}") for number in range(many)]


def test_half_a_release_of_icd_10_is_refused_beside_its_file(house):
    def one(name, start, many):
        load_codes(actor=house, new=release("icd10cm", name, start), digest=name.encode(), codes=hierarchy(many))

    one("2026-04", date(2026, 4, 1), 1000)
    with pytest.raises(InvalidInput) as refusal, transaction.atomic():
        one("2026-10", date(2026, 10, 1), 500)
    assert refusal.value.fields == {"file": ["The file has 500 codes, ICD-10-CM 2026-04 had 1000: it is not whole."]}
    assert CodeSet.objects.get().valid_until is None
    one("2026-10", date(2026, 10, 1), 990)
    # A list from before is not measured by one that came after it.
    one("2025-10", date(2025, 10, 1), 100)


def test_a_release_that_is_corrected_is_judged_by_its_correction(house):
    def one(name, *codes, start=date(2026, 1, 1)):
        new = release("cpt", name, start)
        load_codes(actor=house, new=new, digest=name.encode(), codes=[NewCode(code) for code in codes])

    one("2026", "99213", "99214")
    one("2027", "99213", start=date(2027, 1, 1))
    one("2026 corrected", "99213", "99215")
    book = open_book([("cpt", code) for code in ("99213", "99214", "99215")])
    known = [code for code in ("99213", "99214", "99215") if book.look_up("cpt", code, date(2026, 5, 4))]
    assert known == ["99213", "99215"]
    assert book.release_on("cpt", date(2026, 12, 31)).name == "2026 corrected"
    assert book.release_on("cpt", date(2027, 1, 1)).name == "2027"


@pytest.mark.parametrize(
    ("system", "text", "said"),
    [
        ("cpt", "npi,name\n1234567893,A clinic\n", "No column is called"),
        ("ndc", "code,name\n1234567893,A clinic\n", "may be several NDCs"),
        ("icd10cm", PCS, "has not the form of ICD-10-CM"),
        ("icd10pcs", ORDER, "has not the form of ICD-10-PCS"),
        ("hcpcs", ORDER, "No column is called"),
        ("icd10cm", ORDER[: -len(ORDER) // 5], "has not the form of the others"),
        ("icd10cm", '<?xml version="1.0"?>\n<ICD10CM.tabular>\n', "HTML or XML"),
        ("icd10cm", "A000    Cholera due to Vibrio cholerae 01, biovar cholerae\n", "No column is called"),
    ],
    ids=["npis", "npis as drugs", "pcs as cm", "cm as pcs", "cm as hcpcs", "cut", "xml", "codes alone"],
)
def test_another_file_than_the_one_that_was_meant_is_refused_with_its_reason(house, system, text, said):
    assert said in refused(house, text, release(system))


def test_words_that_are_too_long_are_told_and_not_stored(house, organization, tmp_path):
    path = tmp_path / "cpt.csv"
    path.write_text("code,title\n99213,Visit\n")
    given = {"organization": organization.slug, "valid_from": date(2026, 1, 1)}
    for words in ({"release": "2" * 51}, {"release": "2026", "licence": "x" * 201}):
        with pytest.raises(CommandError, match="Give at most"):
            call_command("claims_codes_load", "cpt", path, **given, **words)
    assert not CodeSet.objects.exists()


@pytest.mark.parametrize("words", [["icd11", "x.csv"], ["cpt", "x.csv", "--valid-from", "soon"], []])
def test_the_command_says_how_it_is_used(words):
    with pytest.raises(CommandError):
        call_command("claims_codes_load", *words, "--organization", "nowhere")


def test_a_folder_is_no_file(organization, tmp_path):
    with pytest.raises(CommandError, match="directory"):
        call_command(
            "claims_codes_load",
            "cpt",
            tmp_path,
            organization=organization.slug,
            release="1",
            valid_from=date(2026, 1, 1),
        )


def test_a_release_that_breaks_in_the_middle_leaves_nothing(house, monkeypatch):
    monkeypatch.setattr(actions, "CHUNK", 2)
    codes = [NewCode("99213"), NewCode("99214"), NewCode("99213")]
    with pytest.raises(IntegrityError), transaction.atomic():
        load_codes(actor=house, new=release("cpt"), digest=b"x", codes=codes)
    assert not CodeSet.objects.exists()
    assert not Code.objects.exists()
