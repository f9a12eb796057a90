"""The writes of disclosures."""

from bailiwick.kernel.disclosures.actions.disclosing import disclose
from bailiwick.kernel.disclosures.actions.emergencies import break_glass, decide_emergency
from bailiwick.kernel.disclosures.actions.kinds import change_sensitivity

__all__ = ["break_glass", "change_sensitivity", "decide_emergency", "disclose"]
