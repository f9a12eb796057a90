"""The reads of tenancy."""

from collections.abc import Iterator
from functools import cache, lru_cache
from uuid import UUID

from bailiwick.kernel.tenancy.models import INSTALLATION, Organization, OrganizationSecret
from bailiwick.kernel.tenancy.scope import Scope, enter, require_scope


def get_organization(slug: str) -> Organization:
    """Raises Organization.DoesNotExist."""
    return Organization.objects.get(slug=slug)


def find_organization(slug: str) -> Organization | None:
    return Organization.objects.filter(slug=slug).first()


def list_organizations() -> list[Organization]:
    """Every one, the installation's own included, in the order in which they were made."""
    return list(Organization.objects.order_by("id"))


@cache
def get_installation_id() -> UUID:
    """The built-in organisation of whatever belongs to none."""
    return Organization.objects.values_list("id", flat=True).get(slug=INSTALLATION)


def list_active_ids() -> list[UUID]:
    """Organisations that are open."""
    return list(Organization.objects.filter(is_active=True).order_by("id").values_list("id", flat=True))


def each_organization() -> Iterator[Scope]:
    """Enter every organisation in turn, each in a transaction of its own: the only way that upkeep crosses tenants."""
    for organization_id in list(Organization.objects.order_by("id").values_list("id", flat=True)):
        with enter(organization_id) as scope:
            yield scope


def get_secret(purpose: str) -> bytes:
    """The key of the organisation in scope for a purpose; raises OrganizationSecret.DoesNotExist."""
    organization_id = require_scope().organization_id
    assert organization_id
    return _read_secret(organization_id, purpose)


@lru_cache(maxsize=1024)
def _read_secret(organization_id: UUID, purpose: str) -> bytes:
    return bytes(OrganizationSecret.objects.values_list("key", flat=True).get(purpose=purpose))
