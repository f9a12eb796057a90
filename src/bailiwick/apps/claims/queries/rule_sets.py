"""Versions of the rules of adjudication."""

from bailiwick.apps.claims.choices import RuleState
from bailiwick.apps.claims.models import RuleSet
from bailiwick.apps.claims.rules.parameters import Parameters, from_json


def find_active() -> RuleSet | None:
    """The version by which claims are judged now; None where what is billed is paid."""
    return RuleSet.objects.filter(state=RuleState.ACTIVE).first()


def find_parameters() -> Parameters | None:
    """The parameters of the version by which claims are judged now."""
    active = find_active()
    return from_json(active.parameters) if active else None
