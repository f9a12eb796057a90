"""What happened to a claim since somebody read it."""

from typing import Any

from bailiwick.apps.claims.models import Claim
from bailiwick.kernel.audit.queries.history import list_changes
from bailiwick.kernel.identity.models import Member

MOST = 20
HIDDEN = frozenset({"revision", "edits", "settled", "body"})
"""Columns that are another's shadow, or no news to people."""


def list_changed(claim: Claim, *, since: int) -> list[dict[str, Any]]:
    """The changes after an edition, the newest first: which fields, by whom, when; never what they say."""
    count = min(max(claim.edition - since, 0), MOST)
    changes = list(list_changes(claim.id).filter(table_name=Claim._meta.db_table).order_by("-id")[:count])
    names = dict(Member.objects.filter(id__in={each.member_id for each in changes}).values_list("id", "name"))
    return [
        {"fields": sorted(each.columns.keys() - HIDDEN), "by": names.get(each.member_id, ""), "at": each.at}
        for each in changes
    ]
