"""Do services and diagnoses fit the patient's age and sex?"""

from datetime import date

from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.choices import CodeSystem, Gender
from bailiwick.apps.claims.rules.procedures import guess_system
from bailiwick.apps.claims.rules.standing import Findings, Standing, Step, deny
from bailiwick.apps.claims.values.cases import Case, CodeFacts

KNOWN = frozenset({Gender.FEMALE.value, Gender.MALE.value})


def find_misfits(standing: Standing) -> Findings:
    """A code that is for one sex, or for some ages, is not paid for other patients.

    CMS, Medicare Code Editor, edits 4 and 5 (age and sex conflict); CARC 6 and 7 (service), 9 and 10 (diagnosis).
    By what the loaded lists say of codes; a patient whose sex is not said fits all.
    """
    case = standing.case
    if not case.codes:
        return
    for code in case.diagnoses:
        facts = case.codes.get((CodeSystem.ICD10CM.value, code))
        if facts and (misfit := _misfit(facts, case, case.service_date)):
            yield deny(f"diagnosis_{misfit}", "CO", {"age": "9", "sex": "10"}[misfit], code=code)
            return
    for place, each in standing.open:
        line = each.line
        facts = case.codes.get((line.system or guess_system(line.procedure_code), line.procedure_code))
        if facts and (misfit := _misfit(facts, case, line.service_date)):
            yield deny(f"service_{misfit}", "CO", {"age": "6", "sex": "7"}[misfit], place, code=line.procedure_code)


def _misfit(facts: CodeFacts, case: Case, on: date) -> str:
    if facts.gender and case.gender in KNOWN and facts.gender != case.gender:
        return "sex"
    if facts.age_from is None and facts.age_until is None:
        return ""
    age = age_on(case.date_of_birth, on)
    too_young = facts.age_from is not None and age < facts.age_from
    too_old = facts.age_until is not None and age > facts.age_until
    return "age" if too_young or too_old else ""


def age_on(born: date, on: date) -> int:
    """Full years on a day; who was born on 29 February is older from 1 March in other years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


STEP = Step(
    "demographics",
    _("Age and sex"),
    "CMS, Medicare Code Editor, age and sex conflict; X12 CARC 6, 7, 9, 10",
    find_misfits,
    {
        "diagnosis_age": _("The diagnosis %(code)s does not fit the patient's age."),
        "diagnosis_sex": _("The diagnosis %(code)s does not fit the patient's sex."),
        "service_age": _("The service %(code)s does not fit the patient's age."),
        "service_sex": _("The service %(code)s does not fit the patient's sex."),
    },
    ("6", "7", "9", "10"),
)
