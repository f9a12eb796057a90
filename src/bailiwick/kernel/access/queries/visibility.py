"""What somebody may see."""

from django.db.models import QuerySet

from bailiwick.kernel.access.actors import Actor, counting, roles_with
from bailiwick.kernel.access.models import Grant


def visible_to(actor: Actor, right: str, rows: QuerySet) -> QuerySet:  # type: ignore[type-arg]
    """The rows over which the actor holds the right: all, those of object grants, or none."""
    if right in actor.rights:
        return rows
    if right not in actor.object_rights:
        return rows.none()
    held = Grant.objects.filter(
        counting(), member_id=actor.member_id, role__in=roles_with(right), object_type=rows.model._meta.label_lower
    )
    return rows.filter(id__in=held.values("object_id"))
