"""What people and groups have in common as a directory keeps them here: who may, and how a row changes."""

from collections.abc import Callable, Collection
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from scim2_models import PatchOp

from bailiwick.kernel.access.actors import Actor
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.federation.errors import ChangedMeanwhile, NameTaken
from bailiwick.kernel.federation.manifest import PROVISION
from bailiwick.kernel.federation.models import DirectoryGroup, DirectoryUser
from bailiwick.kernel.federation.rules.scim import LENIENT, Group, Person
from bailiwick.kernel.identity.actions.sessions import require_fresh

Row = TypeVar("Row", DirectoryUser, DirectoryGroup)
Resource = TypeVar("Resource", Person, Group)


def require_provisioning(actor: Actor) -> None:
    """A program with the right, or a person with it who proved lately who they are."""
    actor.require(PROVISION)
    require_fresh(actor)


def patching(operations: "PatchOp[Resource]") -> Callable[[Resource], Resource]:
    """How a resource follows the operations of a PATCH (RFC 7644, section 3.5.2); raises SCIMException."""

    def patch(present: Resource) -> Resource:
        operations.patch(present, scim_policy=LENIENT)
        return present

    return patch


def lock_row(rows: QuerySet[Row], row_id: UUID, versions: Collection[int] | None) -> Row:
    """The row, in a version that whoever changes it has seen. Raises NotFound, ChangedMeanwhile."""
    row = rows.select_for_update(of=("self",)).filter(id=row_id, removed_at=None).first()
    if row is None:
        raise NotFound
    if versions is not None and row.version not in versions:
        raise ChangedMeanwhile
    return row


def insert_row(row: DirectoryUser | DirectoryGroup) -> None:
    """Store a new row; raises NameTaken where another one of its name was quicker."""
    _save(row, force_insert=True)
    row.refresh_from_db()


def store_row(row: DirectoryUser | DirectoryGroup, *changed: str) -> None:
    """Store what changed as a new version; raises NameTaken."""
    row.version += 1
    row.changed_at = Now()
    _save(row, update_fields=[*changed, "version", "changed_at"])


def remove_row(row: DirectoryUser | DirectoryGroup) -> None:
    """Mark the row as one that the directory has no longer."""
    row.removed_at = Now()
    store_row(row, "removed_at")


def _save(row: DirectoryUser | DirectoryGroup, **how: Any) -> None:
    try:
        with transaction.atomic():
            row.save(**how)
    except IntegrityError as failure:
        raise NameTaken from failure
