"""The trail, what seals it, and how long it is kept."""

from bailiwick.kernel.audit.models.keeping import Amendment, LegalHold, Removal, RetentionPeriod
from bailiwick.kernel.audit.models.sealed import SealedModel
from bailiwick.kernel.audit.models.seals import Anchor, AnchorPolicy, Block
from bailiwick.kernel.audit.models.trail import Change, Event, Read, SensitiveKind

__all__ = [
    "Amendment",
    "Anchor",
    "AnchorPolicy",
    "Block",
    "Change",
    "Event",
    "LegalHold",
    "Read",
    "Removal",
    "RetentionPeriod",
    "SealedModel",
    "SensitiveKind",
]
