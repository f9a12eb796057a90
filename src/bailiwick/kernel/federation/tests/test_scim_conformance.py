"""The conformance tests of the scim2 project, against the application itself."""

import pytest
from django.core.wsgi import get_wsgi_application
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_tester import Status, check_server

from bailiwick.kernel.federation.tests.scim import BASE, Directory
from bailiwick.kernel.tenancy.models import Organization

BELOW = {Status.ERROR, Status.CRITICAL}
KNOWN = {"PATCH modify() did not remove attribute 'active'"}
"""Somebody is a member or is not: there is no third."""


@pytest.mark.django_db(transaction=True)
def test_the_service_conforms(organization: Organization) -> None:
    directory = Directory(organization)
    headers = {"Authorization": directory.client.defaults["HTTP_AUTHORIZATION"]}
    results = check_server(WSGISCIMClient(get_wsgi_application(), f"http://testserver{BASE}", headers=headers))
    assert sum(each.status == Status.SUCCESS for each in results) > 100
    faults = [each for each in results if each.status in BELOW and each.reason not in KNOWN]
    assert not faults, [f"{each.title}: {each.reason}" for each in faults]
