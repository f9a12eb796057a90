"""Reading seals, what is not sealed yet, and where seals are kept outside."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection
from django.db.models import Count, Sum
from django.db.models.functions import TruncDate
from django.utils.timezone import now

from bailiwick.kernel.audit import verifier
from bailiwick.kernel.audit.choices import AnchorKind
from bailiwick.kernel.audit.gateways import place_of
from bailiwick.kernel.audit.manifest import READ
from bailiwick.kernel.audit.models import Anchor, AnchorPolicy, Block, Event, SealedModel
from bailiwick.kernel.audit.queries.blocks import list_blocks
from bailiwick.kernel.audit.values import AnchorLine
from bailiwick.kernel.base.actors import Authority
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import require_scope

MOST_COUNTED = 10_000
"""Rows of a table that are counted at most."""
DAYS = 7
MOST_BLOCKS = 20_000
"""Blocks that are looked at for the days: one a minute, and some more."""
SOON = timedelta(minutes=30)
"""By this much an anchoring may be early, for its job comes by the clock."""
VERIFIED = "audit.trail.verified"

UNSEALED = """
SELECT count(*) AS rows, min(uuid_extract_timestamp(id)) AS oldest FROM (
    SELECT id FROM {} WHERE organization_id = %(organization)s
       AND (epoch, transaction_id, id) > (%(epoch)s, %(transaction)s::xid8, %(row)s)
     ORDER BY epoch, transaction_id, id LIMIT %(most)s) AS later
"""


@dataclass(frozen=True, slots=True)
class Unsealed:
    """Rows that no seal holds yet; with `is_more` there are at least so many."""

    rows: int
    oldest: datetime | None
    is_more: bool


@dataclass(frozen=True, slots=True)
class Day:
    """What was sealed on one day (UTC)."""

    day: datetime
    blocks: int
    rows: int


def get_policy() -> AnchorPolicy:
    """The organisation's, or what holds without one."""
    return AnchorPolicy.objects.first() or AnchorPolicy()


def find_block(number: int) -> Block | None:
    """One seal by its number."""
    return list_blocks().filter(number=number).first()


def holds(line: AnchorLine) -> bool:
    """Whether the chain of the organisation in scope has a seal as it was kept."""
    block = find_block(line.number)
    return block is not None and bytes(block.hash) == line.hash


def line_of(seal: Block | Anchor, at: datetime) -> AnchorLine:
    """A seal as it is kept outside from a moment on."""
    slug = Organization.objects.values_list("slug", flat=True).get(id=seal.organization_id)
    return AnchorLine(seal.organization_id, slug, seal.number, bytes(seal.hash), at)


def find_last(kind: str) -> Anchor | None:
    """Where a seal was last kept in one of the ways."""
    return Anchor.objects.filter(kind=kind).order_by("-number", "-id").first()


def list_last(actor: Authority) -> dict[str, Anchor]:
    """The newest anchor of each kind that has one."""
    actor.require(READ)
    found = {str(kind): find_last(kind) for kind in AnchorKind}
    return {kind: anchor for kind, anchor in found.items() if anchor}


def get_anchor(actor: Authority, anchor_id: UUID) -> tuple[Anchor, AnchorLine]:
    """An anchor, and the line that was kept; raises NotFound."""
    actor.require(READ)
    anchor = Anchor.objects.filter(id=anchor_id).first()
    if anchor is None:
        raise NotFound
    return anchor, line_of(anchor, anchor.at)


def list_known_anchors() -> list[verifier.Anchor]:
    """All that is known here of the seals of the organisation in scope: its file on this machine, and the rows."""
    scope = require_scope()
    assert scope.organization_id
    path = place_of(scope.organization_id)
    found = verifier.read_anchors([str(path)]) if path.exists() else []
    for number, digest, at in Anchor.objects.exclude(kind=AnchorKind.FILE).values_list("number", "hash", "at"):
        found.append(verifier.Anchor(str(scope.organization_id), number, bytes(digest).hex(), at.isoformat()))
    return found


def is_due(policy: AnchorPolicy, kind: str) -> bool:
    """Whether it is time to keep a seal outside again in one of the ways."""
    last = find_last(kind)
    return last is None or now() - last.at >= timedelta(seconds=policy.every) - SOON


def count_unsealed(newest: Block | None, organization_id: UUID) -> Unsealed:
    """What was written since a seal, by the tables' own order."""
    since: dict[str, Any] = {
        "organization": organization_id,
        "epoch": newest.epoch if newest else 0,
        "transaction": str(newest.transaction_id) if newest else "0",
        "row": newest.row_id if newest else UUID(int=0),
        "most": MOST_COUNTED + 1,
    }
    tables = sorted(model._meta.db_table for model in apps.get_models() if issubclass(model, SealedModel))
    each = " UNION ALL ".join(UNSEALED.format(connection.ops.quote_name(table)) for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT rows, oldest FROM ({each}) AS counted", since)
        found = cursor.fetchall()
    oldest = [moment for _rows, moment in found if moment]
    rows = sum(min(count, MOST_COUNTED) for count, _oldest in found)
    return Unsealed(rows, min(oldest, default=None), any(count > MOST_COUNTED for count, _oldest in found))


def list_days(newest: Block | None) -> list[Day]:
    """What was sealed on each of the last days, oldest first; days without seals are not there."""
    if newest is None:
        return []
    since = now().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=DAYS - 1)
    recent = Block.objects.filter(number__gt=newest.number - MOST_BLOCKS, at__gte=since)
    by_day = recent.annotate(day=TruncDate("at")).values("day").order_by("day")
    return [Day(**each) for each in by_day.annotate(blocks=Count("id"), rows=Sum("row_count"))]


def find_verification(actor: Authority) -> Event | None:
    """When the trail was last verified here, and what was found."""
    actor.require(READ)
    return Event.objects.filter(verb=VERIFIED).order_by("-id").first()
