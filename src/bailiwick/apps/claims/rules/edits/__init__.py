"""What is wrong with a claim at the door: front-end edits, as X12's 277CA names them (005010X214, STC01).

Each is a fault of what was given, not a judgement of what is owed: the claim is returned, with what would be right.
"""

from bailiwick.apps.claims.rules.edits.claims import Known, check_claim, codes_of
from bailiwick.apps.claims.rules.edits.codes import check_code, spell

__all__ = ["Known", "check_claim", "check_code", "codes_of", "spell"]
