"""Versions of the rules of adjudication."""

from bailiwick.apps.claims.choices import RuleState
from bailiwick.apps.claims.models import RuleSet


def find_active() -> RuleSet | None:
    """The version by which claims are judged now; None where what is billed is paid."""
    return RuleSet.objects.filter(state=RuleState.ACTIVE).first()
