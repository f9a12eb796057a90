"""Rights that are kept apart, and who holds both of two all the same."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.access.models import ConflictingPair, Grant
from bailiwick.kernel.access.rules import in_order
from bailiwick.kernel.base.manifest import Text, registry
from bailiwick.kernel.identity.models import Member

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rights that nobody may hold over the same thing at the same time; `row` is the organisation's own."""

    first: str
    second: str
    reason: Text
    row: ConflictingPair | None = None

    @property
    def is_declared(self) -> bool:
        return self.row is None

    @property
    def titles(self) -> tuple[Text, Text]:
        known = registry().rights
        first, second = (known[code].title if code in known else code for code in (self.first, self.second))
        return first, second


@dataclass(frozen=True, slots=True)
class HolderOfBoth:
    """Somebody whose grants `one` and `other` (the same, where one role contains both) give two rights kept apart."""

    pair: Pair
    member: Member
    one: Grant
    other: Grant


def active_pairs() -> list[Pair]:
    """What is kept apart in the organisation in scope: as declared, then as it added itself."""
    declared = [Pair(*in_order(each.first, each.second), each.reason) for each in registry().conflicts]
    rows = ConflictingPair.objects.filter(ended_at=None).select_related("added_by").order_by("first", "second")
    return declared + [Pair(row.first, row.second, row.reason, row) for row in rows]


def list_conflicts(actor: Actor) -> list[Pair]:
    """What is kept apart in the organisation; needs `access.manage`."""
    actor.require("access.manage")
    return active_pairs()


def list_holders_of_both(actor: Actor) -> list[HolderOfBoth]:
    """Who holds, or is going to hold, rights that are kept apart, by name; at most 100. Needs `access.manage`."""
    actor.require("access.manage")
    return [holder for holder in find_holders_of_both(active_pairs()) if holder.member.is_active]


# Grants that count now or are to come, with the rights in them, of those too who may come back. Three spans of time
# that overlap two by two overlap all at once: what both grants give is not over either.
HOLDERS_OF_BOTH = """
WITH pair AS (
    SELECT number, first, second FROM unnest(%(first)s::text[], %(second)s::text[]) WITH ORDINALITY
        AS p (first, second, number)),
held AS (
    SELECT g.id, g.member_id, g.role, g.object_id, tstzrange(g.valid_from, g.valid_until) AS span, v.rights::text[]
      FROM access_grant g
      JOIN access_role r ON r.organization_id = g.organization_id AND r.code = g.role AND r.ended_at IS NULL
      JOIN access_rolerights v ON v.organization_id = g.organization_id AND v.role_id = r.id AND v.valid_until IS NULL
     WHERE g.organization_id = app_organization() AND g.revoked_at IS NULL
       AND (g.approved_at IS NOT NULL OR g.id = ANY(%(grants)s::uuid[]))
       AND (g.valid_until IS NULL OR g.valid_until > statement_timestamp())
       AND (%(members)s::uuid[] IS NULL OR g.member_id = ANY(%(members)s::uuid[])))
SELECT DISTINCT ON (one.member_id, pair.number) pair.number, one.member_id, one.id, other.id
  FROM pair
  JOIN held one ON pair.first = ANY(one.rights)
  JOIN held other ON pair.second = ANY(other.rights) AND other.member_id = one.member_id AND other.span && one.span
       AND (one.object_id IS NULL OR other.object_id IS NULL OR other.object_id = one.object_id)
 WHERE (%(grants)s::uuid[] IS NULL OR one.id = ANY(%(grants)s::uuid[]) OR other.id = ANY(%(grants)s::uuid[]))
   AND (%(role)s::text IS NULL OR (one.role = %(role)s::text AND pair.first = ANY(%(rights)s::text[]))
        OR (other.role = %(role)s::text AND pair.second = ANY(%(rights)s::text[])))
 ORDER BY one.member_id, pair.number, one.id, other.id
 LIMIT %(most)s
"""


def find_holders_of_both(
    pairs: Collection[Pair],
    *,
    members: Collection[UUID] | None = None,
    grants: Collection[UUID] | None = None,
    role: str | None = None,
    rights: Collection[str] = (),
    most: int = MOST_SHOWN,
) -> list[HolderOfBoth]:
    """Who holds both of a pair: by one of some grants at least, or by some rights of one role.

    Of grants that wait only those named are counted. At most one answer for each member and pair.
    """
    pairs = list(pairs)
    if not pairs:
        return []
    given = {
        "first": [pair.first for pair in pairs],
        "second": [pair.second for pair in pairs],
        "members": None if members is None else list(members),
        "grants": None if grants is None else list(grants),
        "role": role,
        "rights": list(rights),
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(HOLDERS_OF_BOTH, given)
        found = cursor.fetchall()
    rows = Grant.objects.select_related("member").in_bulk({grant_id for row in found for grant_id in row[2:]})
    holders = [
        HolderOfBoth(pairs[number - 1], rows[one].member, rows[one], rows[other])
        for number, _member, one, other in found
    ]
    return sorted(holders, key=lambda each: (each.member.name, each.member.id, each.pair.first, each.pair.second))
