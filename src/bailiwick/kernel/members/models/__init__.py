"""How somebody comes, is looked after, and goes."""

from bailiwick.kernel.members.models.invitations import Invitation
from bailiwick.kernel.members.models.personal import Erasure, RetentionHold
from bailiwick.kernel.members.models.reviews import AccessReview, ReviewedGrant, ReviewedMember

__all__ = ["AccessReview", "Erasure", "Invitation", "RetentionHold", "ReviewedGrant", "ReviewedMember"]
