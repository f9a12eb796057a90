"""Who comes in at /operators/: operators, by a passkey, from where they may. For others nothing is there."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.timezone import now

from bailiwick.kernel.access.actions import write_grant
from bailiwick.kernel.access.actions.roles import setup_roles
from bailiwick.kernel.access.models import Role, RoleRights
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import NotFound
from bailiwick.kernel.identity.choices import Credential, Method, SessionKind
from bailiwick.kernel.identity.models import Member, Session
from bailiwick.kernel.operators.actions import (
    dismiss_operator,
    enter_organization,
    leave_organization,
    note_list,
    note_row,
)
from bailiwick.kernel.operators.checks import check_addresses
from bailiwick.kernel.operators.manifest import OPERATE, OPERATOR
from bailiwick.kernel.operators.tests.operating import entered, member_too, new_operator, operator_client
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import session_of, with_key, with_session, with_token
from bailiwick.kernel.testing.factories import actor_for, new_member

pytestmark = pytest.mark.django_db

PAGES = ("/operators/", "/operators/leave/", "/operators/tables/", "/operators/tables/identity_member/")
METHODS = ("get", "head", "options", "post", "put", "patch", "delete")


def codes(client: Client, **options: Any) -> set[int]:
    return {getattr(client, method)(page, **options).status_code for page in PAGES for method in METHODS}


def test_operators_come_in_by_their_passkey() -> None:
    assert operator_client().get("/operators/").status_code == 200


@pytest.mark.parametrize("addresses", [[], ["10.0.0.0/8"], ["192.0.2.7", "2001:db8::/32"], ["nonsense"]])
def test_from_elsewhere_nothing_is_there_not_even_for_operators(settings: Any, addresses: list[str]) -> None:
    client = operator_client()
    settings.OPERATOR_ADDRESSES = addresses
    assert codes(client) == {404}


def test_an_address_counts_as_the_trusted_proxy_gives_it(settings: Any) -> None:
    client = operator_client()
    settings.OPERATOR_ADDRESSES = ["192.0.2.0/24"]
    forwarded = {"X-Forwarded-For": "192.0.2.7"}
    assert client.get("/operators/", headers=forwarded).status_code == 404
    settings.TRUSTED_PROXIES = ["127.0.0.0/8"]
    assert client.get("/operators/", headers=forwarded).status_code == 200


def test_for_nobody_and_for_whoever_is_no_operator_nothing_is_there(organization: Any) -> None:
    administrator = new_member(organization, "administrator")
    assert codes(Client()) == {404}
    assert codes(with_session(administrator, session=session_of(administrator, method=Method.PASSKEY))) == {404}
    assert codes(with_token(administrator)) == {404}
    assert codes(with_key(administrator)) == {404}


def test_the_right_counts_in_the_installation_alone(organization: Any) -> None:
    member = new_member(organization, "administrator")
    with enter(organization.id):
        role = Role.objects.create(code="watcher", own_title="Watcher")
        RoleRights.objects.create(role=role, rights=[OPERATE])
        write_grant(ActorRef(organization.id, None, Credential.SYSTEM), member.id, "watcher")
    assert codes(with_session(member, session=session_of(member, method=Method.PASSKEY))) == {404}
    given: dict[str, Any] = {"actor": actor_for(member), "organization_id": organization.id}
    for act, more in (
        (enter_organization, {"reason": "Because"}),
        (leave_organization, {}),
        (note_list, {"model": Member, "page": "1", "keys": []}),
        (note_row, {"row": member}),
    ):
        with enter(organization.id), pytest.raises(NotFound):
            act(**given, **more)


def test_the_role_is_the_installations_own(organization: Any) -> None:
    setup = []
    for place in (organization.id, get_installation_id()):
        with enter(place):
            setup_roles()
            setup.append(Role.objects.filter(code=OPERATOR).exists())
    assert setup == [False, True]


def test_an_operators_token_and_key_open_nothing() -> None:
    operator = new_operator()
    assert codes(with_token(operator, session=session_of(operator, SessionKind.TOKEN, Method.PASSKEY))) == {404}
    assert codes(with_key(operator)) == {404}


@pytest.mark.parametrize("method", [Method.PASSWORD, Method.TWO_FACTOR, Method.PROVIDER])
def test_an_operator_who_came_in_by_another_way_is_told_so(method: str) -> None:
    answer = operator_client(method=method).get("/operators/tables/")
    assert answer.status_code == 403
    assert "come in by a passkey" in answer.content.decode()


def test_an_operator_who_works_in_another_organisation_is_told_so(organization: Any) -> None:
    member = member_too(new_operator(), organization)
    client = with_session(member, session=session_of(member, method=Method.PASSKEY))
    answer = client.get("/operators/")
    assert answer.status_code == 403
    assert "work in another organisation" in answer.content.decode()
    confined = session_of(member, method=Method.PASSKEY, is_confined=True)
    assert codes(with_session(member, session=confined)) == {404}


def test_an_old_proof_is_shown_again_and_leads_back() -> None:
    operator = new_operator()
    session = session_of(operator, method=Method.PASSKEY)
    with enter(operator.organization_id):
        Session.objects.filter(id=session.id).update(authenticated_at=now() - timedelta(minutes=31))
    answer = with_session(operator, session=session).get("/operators/tables/")
    assert answer["Location"] == "/accounts/again/?next=%2Foperators%2Ftables%2F"


def test_whoever_is_operator_no_longer_is_out_at_once(organization: Any) -> None:
    cache.clear()
    client = operator_client()
    entered(client, organization)
    assert client.get("/operators/tables/").status_code == 200
    dismiss_operator("olga")
    assert codes(client) == {404}


def test_a_form_of_another_organisation_is_refused(organization: Any) -> None:
    sent = {"organization": str(organization.id), "place": str(organization.id), "reason": "Ticket 17"}
    assert operator_client().post("/operators/", sent).status_code == 409


def test_an_address_that_is_none_refuses_the_start(settings: Any) -> None:
    settings.OPERATOR_ADDRESSES = ["10.0.0.0/8", "192.0.2.7", "2001:db8::1"]
    assert check_addresses() == []
    settings.OPERATOR_ADDRESSES = ["10.0.0.1/8", "office"]
    assert [problem.id for problem in check_addresses()] == ["operators.E001", "operators.E001"]
