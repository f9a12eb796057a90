"""What somebody may see."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, QuerySet

from bailiwick.kernel.access.actors import Actor, counting, roles_with
from bailiwick.kernel.access.models import Grant


class IsAmong(Func):
    """Whether a value is one of an array: read once, and rows are looked up by it in their own order.

    So a page costs no more however many rows there are, where a subquery would be joined with all of them.
    """

    template = "(%(expressions)s))"
    arg_joiner = " = ANY ("
    output_field = BooleanField()


def visible_to(actor: Actor, right: str, rows: QuerySet) -> QuerySet:  # type: ignore[type-arg]
    """The rows over which the actor holds the right: all, those of object grants, or none."""
    if right in actor.rights:
        return rows
    if right not in actor.object_rights:
        return rows.none()
    held = Grant.objects.filter(
        counting(), member_id=actor.member_id, role__in=roles_with(right), object_type=rows.model._meta.label_lower
    )
    return rows.filter(IsAmong(F("id"), ArraySubquery(held.values("object_id"))))
