import pytest
from django.core.cache import cache

from bailiwick.kernel.federation.models import Provider
from bailiwick.kernel.federation.tests.directories import directory, directory_server
from bailiwick.kernel.federation.tests.houses import with_openid, with_saml
from bailiwick.kernel.federation.tests.peers.fixtures import (
    OpenIdProvider,
    lying_provider,
    name_server,
    openid_provider,
)
from bailiwick.kernel.federation.tests.peers.saml import SamlProvider
from bailiwick.kernel.tenancy.models import Organization

__all__ = ["directory", "directory_server", "lying_provider", "name_server", "openid_provider"]


@pytest.fixture(autouse=True)
def uncounted() -> None:
    """No attempt of another test's counts."""
    cache.clear()


@pytest.fixture
def openid(organization: Organization, openid_provider: OpenIdProvider) -> Provider:
    return with_openid(organization, openid_provider)


@pytest.fixture(scope="module")
def saml_provider() -> SamlProvider:
    return SamlProvider()


@pytest.fixture
def saml(organization: Organization, saml_provider: SamlProvider) -> Provider:
    return with_saml(organization, saml_provider)
