"""The proof of a claim: made from the installation's key, never stored."""

from uuid import UUID

from django.utils.crypto import constant_time_compare, salted_hmac

from bailiwick.kernel.worklist.models import WorkItem


def make_token(item_id: UUID, member_id: UUID, lease_number: int) -> str:
    """HMAC-SHA-256 over item, member and number of the lease, in hexadecimal."""
    return salted_hmac("worklist.claim", f"{item_id}:{member_id}:{lease_number}", algorithm="sha256").hexdigest()


def is_current_token(token: str, item: WorkItem, member_id: UUID) -> bool:
    """Whether a token was made for the latest lease of an item, and for this member."""
    return constant_time_compare(token, make_token(item.id, member_id, item.lease_number))
