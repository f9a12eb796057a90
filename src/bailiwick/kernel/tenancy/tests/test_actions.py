"""Making organisations, and what belongs to none."""

from bailiwick.kernel.tenancy.actions import create_organization
from bailiwick.kernel.tenancy.models import INSTALLATION, Organization, OrganizationSecret
from bailiwick.kernel.tenancy.queries import get_installation_id, get_organization, get_secret
from bailiwick.kernel.tenancy.scope import enter


def test_an_organisation_is_made_once_with_a_secret_of_its_own(db: None) -> None:
    first, again = (create_organization(slug="aldermoor", name="Aldermoor") for _ in range(2))
    other = create_organization(slug="kranich", name="Kranich")
    assert first == again == get_organization("aldermoor")
    secrets = []
    for organization in (first, other):
        with enter(organization.id):
            assert set(OrganizationSecret.objects.values_list("purpose", flat=True)) == {"ingest", "sampling"}
            secrets.append(get_secret("ingest"))
    assert len(set(secrets)) == 2
    assert {len(secret) for secret in secrets} == {32}


def test_the_installation_is_an_organisation_that_is_always_there(db: None) -> None:
    assert Organization.objects.get(id=get_installation_id()).slug == INSTALLATION
