"""Holds on people, as far as they keep more than what is known of one."""

from django.db.models import Q
from django.utils.timezone import now

from bailiwick.kernel.members.models import RetentionHold


def count_lasting_holds() -> int:
    """How many holds on people last: each keeps the organisation's whole trail."""
    return RetentionHold.objects.filter(Q(valid_until=None) | Q(valid_until__gt=now()), lifted_at=None).count()
