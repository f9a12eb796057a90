"""Providers who may not be paid."""

from django.utils.translation import gettext_lazy as _

from bailiwick.apps.claims.rules.standing import Findings, Standing, Step, deny


def find_excluded(standing: Standing) -> Findings:
    """Nothing is paid for what an excluded provider furnishes, orders or prescribes.

    42 CFR 1001.1901(b) (OIG exclusion); CARC B7. No person's decision sets it aside.
    """
    if standing.case.is_excluded:
        yield deny("excluded", "CO", "B7")


STEP = Step(
    "providers",
    _("Excluded providers"),
    "42 CFR 1001.1901(b); X12 CARC B7",
    find_excluded,
    {"excluded": _("The provider is excluded: nothing that they furnish is paid.")},
    ("B7",),
    is_binding=True,
    is_optional=False,
)
