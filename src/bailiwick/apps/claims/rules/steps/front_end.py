"""Front-end edits: what a claim has to say before it is judged at all."""

from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.choices import CodeSystem
from bailiwick.apps.claims.rules.procedures import guess_system
from bailiwick.apps.claims.rules.standing import Findings, Standing, Step, deny

DIAGNOSES = CodeSystem.ICD10CM.value


def find_front_end(standing: Standing) -> Findings:
    """A claim has lines, no service before birth or after death, and codes that are valid on the day of service.

    45 CFR 162.1002 (code sets, valid at the time of service); CARC 13, 14, 16, 146, 181. A code is judged only where
    a release of its system was loaded for the day.
    """
    case = standing.case
    if not case.lines:
        yield deny("no_lines", "CO", "16")
        return
    codes = case.codes
    for code in case.diagnoses:
        facts = codes.get((DIAGNOSES, code), ...)
        if facts is None:
            yield deny("diagnosis_unknown", "CO", "146", code=code)
            return
        if facts is not ... and not facts.is_billable:
            yield deny("diagnosis_unfinished", "CO", "146", code=code, release=facts.release)
            return
    born, died = case.date_of_birth, case.died_on
    for place, each in standing.open:
        line = each.line
        if line.service_date < born:
            yield deny("before_birth", "CO", "14", place, on=line.service_date.isoformat())
        elif died is not None and line.service_date > died:
            yield deny("after_death", "CO", "13", place, on=line.service_date.isoformat())
        elif codes and codes.get((line.system or guess_system(line.procedure_code), line.procedure_code), ...) is None:
            yield deny("procedure_unknown", "CO", "181", place, code=line.procedure_code)


STEP = Step(
    "front_end",
    _("Front-end edits"),
    "45 CFR 162.1002; X12 CARC 13, 14, 16, 146, 181",
    find_front_end,
    {
        "no_lines": _("The claim has no lines."),
        "diagnosis_unknown": _("The diagnosis %(code)s was not valid on the day of service."),
        "diagnosis_unfinished": _("The diagnosis %(code)s needs more characters (%(release)s)."),
        "before_birth": _("The service on %(on)s was before the patient was born."),
        "after_death": _("The service on %(on)s was after the patient had died."),
        "procedure_unknown": _("The service %(code)s was not a valid code on the day of service."),
    },
    ("13", "14", "16", "146", "181"),
)
