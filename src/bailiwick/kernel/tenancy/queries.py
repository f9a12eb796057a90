"""The reads of tenancy."""

from collections.abc import Iterator
from functools import cache
from uuid import UUID

from bailiwick.kernel.tenancy.models import INSTALLATION, Organization
from bailiwick.kernel.tenancy.scope import Scope, enter


def get_organization(slug: str) -> Organization:
    """Raises Organization.DoesNotExist."""
    return Organization.objects.get(slug=slug)


@cache
def get_installation_id() -> UUID:
    """The built-in organisation of whatever belongs to none."""
    return Organization.objects.values_list("id", flat=True).get(slug=INSTALLATION)


def each_organization() -> Iterator[Scope]:
    """Enter every organisation in turn, each in a transaction of its own: the only way that upkeep crosses tenants."""
    for organization_id in list(Organization.objects.order_by("id").values_list("id", flat=True)):
        with enter(organization_id) as scope:
            yield scope
