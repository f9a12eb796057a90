"""Conditions of query sets that Django has no word for."""

from uuid import uuid4

import pytest

from bailiwick.kernel.base.lookups import among
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.factories import new_member, new_organization

pytestmark = pytest.mark.django_db


def test_rows_are_found_by_thousands_of_keys_with_one_parameter() -> None:
    organization = new_organization()
    with enter(organization.id):
        ada, grace, _other = (new_member(organization) for _each in range(3))
        keys = [ada.id, grace.id, *(uuid4() for _each in range(5_000))]
        rows = Member.objects.filter(among("id", keys)).order_by("id")
        assert set(rows) == {ada, grace}
        assert len(rows.query.sql_with_params()[1]) == 1


def test_no_keys_are_no_rows() -> None:
    organization = new_organization()
    with enter(organization.id):
        new_member(organization)
        assert not Member.objects.filter(among("id", [])).exists()
