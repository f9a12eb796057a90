"""Why an amount is not paid: X12's claim adjustment reason codes (CARC) and remark codes (RARC), in words of ours.

The codes and groups are those of X12 (external code lists 139 and 411, 835 segments CAS and LQ); the sentences are
written for members and providers and are not X12's.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise
GROUPS: Mapping[str, Words] = {
    "CO": _("The provider bears it"),
    "PR": _("The patient pays it"),
    "OA": _("Another adjustment"),
    "PI": _("The payer reduced it"),
}
"""Who bears an adjustment (X12 835, CAS01)."""
CARCS: Mapping[str, Words] = {
    "1": _("Counts towards the deductible"),
    "2": _("Coinsurance: the patient's share"),
    "3": _("Copay: the fixed amount of a visit"),
    "4": _("The modifier does not fit the service"),
    "5": _("The place does not fit the service"),
    "6": _("The service does not fit the patient's age"),
    "7": _("The service does not fit the patient's sex"),
    "8": _("The service does not fit the kind of provider"),
    "9": _("The diagnosis does not fit the patient's age"),
    "10": _("The diagnosis does not fit the patient's sex"),
    "11": _("The diagnosis does not justify the service"),
    "13": _("The service was after the patient had died"),
    "14": _("The service was before the patient was born"),
    "16": _("Something is missing in the claim, or wrong"),
    "18": _("The same service was claimed before"),
    "19": _("An accident at work: its insurer pays"),
    "20": _("An injury for which a liability insurer pays"),
    "22": _("Another payer pays first"),
    "23": _("What another payer has paid or adjusted"),
    "26": _("The service was before the cover began"),
    "27": _("The service was after the cover ended"),
    "29": _("The claim came too late"),
    "31": _("The patient is not insured here"),
    "39": _("The prior authorisation was refused"),
    "45": _("More than the agreed price"),
    "49": _("A routine examination that is not covered"),
    "50": _("Not medically necessary by what was sent"),
    "54": _("Several physicians are not covered for this"),
    "55": _("Experimental treatment"),
    "59": _("Reduced as one of several procedures of the day"),
    "94": _("More was priced than billed"),
    "95": _("The plan's procedure was not followed"),
    "96": _("Not covered by the plan"),
    "97": _("Part of a service that is paid already"),
    "109": _("Another payer is responsible; send it there"),
    "110": _("It was billed before the service"),
    "119": _("The most that the plan pays for it in the period is reached"),
    "129": _("What was said of an earlier payment is wrong"),
    "140": _("Name and number of the patient do not match"),
    "146": _("The diagnosis was not valid on the day"),
    "151": _("More units than what was sent justifies"),
    "167": _("The diagnosis is not covered"),
    "170": _("Not paid to this kind of provider"),
    "179": _("The plan's waiting period was not over"),
    "181": _("The service was not a valid code on the day"),
    "182": _("The modifier was not valid on the day"),
    "197": _("There is no prior authorisation"),
    "198": _("The prior authorisation is used up"),
    "204": _("Not covered by the patient's present plan"),
    "222": _("More units than the provider can be paid for in the period"),
    "226": _("What was asked for did not come, or not in time"),
    "227": _("What the patient was asked for did not come"),
    "236": _("Not paid beside another service of the same day"),
    "242": _("Provided outside the network"),
    "252": _("A document is needed to decide"),
    "A1": _("Denied; the remark says why"),
    "B7": _("The provider could not be paid on the day"),
    "B13": _("Paid before"),
    "B15": _("Paid only together with another service"),
}
RARCS: Mapping[str, Words] = {
    "M15": _("Billed apart, and paid together"),
    "M25": _("What was sent does not justify so much of the service"),
    "M51": _("The service's code is missing or wrong"),
    "M76": _("The diagnosis is missing or not complete"),
    "N19": _("The service belongs to another one"),
    "N130": _("The plan's conditions say more"),
    "N290": _("The provider's number is missing or wrong"),
    "N362": _("More units or days than are accepted"),
    "N706": _("A document is missing"),
}

PATIENTS = frozenset({"26", "27", "31", "49", "55", "96", "119", "179", "204"})
"""What the patient bears where it is the reason of a denial; all else is the provider's."""
NO_DENIALS = frozenset({"1", "2", "3", "23", "45", "59", "94", "129", "242"})
"""What takes a part of an amount, or takes a judgement back."""
DENIALS: Mapping[str, Words] = {code: words for code, words in CARCS.items() if code not in NO_DENIALS}
"""For what a person may deny a claim."""
UNSAID = "A1"
"""The reason of a denial that is given in words alone."""


def group_of(code: str) -> str:
    """Who bears what is denied for a reason, as X12 groups it."""
    return "PR" if code in PATIENTS else "CO"


def describe(code: str) -> str:
    """A CARC in words; the code itself where we have none."""
    return str(CARCS.get(code, code))


def remark_on(code: str) -> str:
    """A RARC in words; the code itself where we have none."""
    return str(RARCS.get(code, code))
