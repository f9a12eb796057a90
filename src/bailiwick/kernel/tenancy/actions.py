"""The writes of tenancy: made by the installation's commands, never by a member."""

import secrets

from django.db import transaction

from bailiwick.kernel.tenancy.models import Organization, OrganizationSecret
from bailiwick.kernel.tenancy.scope import enter

PURPOSES = ("ingest", "sampling")


def create_organization(*, slug: str, name: str) -> Organization:
    """Make a tenant with its secrets, or return the one that has this short name."""
    with transaction.atomic():
        organization, is_new = Organization.objects.get_or_create(slug=slug, defaults={"name": name})
        if is_new:
            with enter(organization.id):
                for purpose in PURPOSES:
                    OrganizationSecret.objects.create(purpose=purpose, key=secrets.token_bytes(32))
        return organization
