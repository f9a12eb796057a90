"""The writes of tenancy: made by the installation's commands, never by a member."""

from bailiwick.kernel.tenancy.models import Organization


def create_organization(*, slug: str, name: str) -> Organization:
    """Make a tenant, or return the one that has this short name."""
    organization, _made = Organization.objects.get_or_create(slug=slug, defaults={"name": name})
    return organization
