"""What happens when two come at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from bailiwick.kernel.base.callers import Caller
from bailiwick.kernel.federation.actions.accounts import sign_in_vouched, spend_assertion
from bailiwick.kernel.federation.errors import NotVouched
from bailiwick.kernel.federation.models import Account, Provider
from bailiwick.kernel.federation.tests.houses import add, people, sessions
from bailiwick.kernel.federation.values import Asserted, Vouched
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter

pytestmark = pytest.mark.django_db(transaction=True)
BOTH = 2


@pytest.fixture
def way(organization: Organization) -> Provider:
    return add(organization, "oidc", settings={"issuer": "https://a.example", "client_id": "1"})


def at_once(action: Any) -> list[str]:
    """What two threads come to that begin together."""
    start = Barrier(BOTH)

    def go(_number: int) -> str:
        start.wait(timeout=10)
        try:
            action()
            return "done"
        except NotVouched as refusal:
            return refusal.why
        finally:
            connection.close()

    with ThreadPoolExecutor(BOTH) as pool:
        return sorted(pool.map(go, range(BOTH)))


def test_two_first_sign_ins_of_one_person_make_one_member(organization: Organization, way: Provider) -> None:
    before = len(people(organization))
    place = {"organization_id": organization.id, "provider_id": way.id}
    ada = Vouched("ada", "Ada")
    assert at_once(lambda: sign_in_vouched(**place, vouched=ada, caller=Caller(), request_id="1")) == ["done", "done"]
    assert len(people(organization)) == before + 1 and len(sessions(organization)) == BOTH
    with enter(organization.id):
        assert Account.objects.count() == 1


def test_one_assertion_used_twice_at_once_counts_once(organization: Organization, way: Provider) -> None:
    asserted = Asserted(Vouched("ada", "Ada"), "_1", "_2", 4_000_000_000)
    place = {"organization_id": organization.id, "provider_id": way.id}
    assert at_once(lambda: spend_assertion(**place, asserted=asserted)) == ["done", "replayed"]
