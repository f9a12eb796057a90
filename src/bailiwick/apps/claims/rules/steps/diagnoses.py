"""Does a diagnosis justify the service?"""

from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.rules.standing import Findings, Standing, Step, deny


def find_unjustified(standing: Standing) -> Findings:
    """A service that the rules pay for some diagnoses only needs one of them among those its line points to.

    Social Security Act, section 1862(a)(1)(A), as local coverage determinations list it: service and diagnoses that
    support it; CARC 11. Codes stand for all that begin with them, with or without the dot.
    """
    indications = standing.parameters.indications
    if not indications:
        return
    for place, each in standing.open:
        line = each.line
        wanted = next((found for code, found in indications.items() if line.procedure_code.startswith(code)), None)
        if wanted is None:
            continue
        accepted = tuple(code.replace(".", "") for code in wanted)
        said = line.diagnoses or standing.case.diagnoses
        if not any(code.replace(".", "").startswith(accepted) for code in said):
            yield deny("unjustified", "CO", "11", place, code=line.procedure_code)


STEP = Step(
    "diagnoses",
    _("Diagnosis and service"),
    "Social Security Act, section 1862(a)(1)(A); X12 CARC 11",
    find_unjustified,
    {"unjustified": _("None of the diagnoses of the line is one for which %(code)s is paid.")},
    ("11",),
)
