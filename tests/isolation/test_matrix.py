"""Every address as the holder of each role: who has what it needs passes, who has not is refused and changes nothing.

A new address is here by itself. Where more is asked behind its door than the right it declares, say so in BEYOND.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from bailiwick.kernel.access.actions.roles import add_role
from bailiwick.kernel.api.matrix import Endpoint, endpoints
from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.manifest import registry
from bailiwick.kernel.base.rights import view_behind
from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.operators.tests.operating import entered, operator_client
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_key, with_session
from bailiwick.kernel.testing.factories import actor_for, new_member
from tests.isolation.addresses import BODIES, OPERATORS, call, fill
from tests.isolation.forms import FORMS
from tests.worlds import World, contents

ROLES = registry().roles
NO_ROLE = "no role"
NO_RIGHT: tuple[str, ...] = ()
SEE = ("predictions.review", "predictions.audit", "predictions.manage")
SEE_CLAIMS = ("claims.see_all", "claims.see_money")
SEE_PARTIES = (*SEE_CLAIMS, "claims.manage")

BEYOND: dict[str, tuple[str, ...]] = {
    "accounts/again/provider/": NO_RIGHT,
    "accounts/security/passkeys/<uuid:passkey_id>/": NO_RIGHT,
    "accounts/security/application/remove/": NO_RIGHT,
    "accounts/security/codes/": NO_RIGHT,
    "accounts/sessions/<uuid:session_id>/": NO_RIGHT,
    "api/auth/sessions/terminate/<uuid:session_id>/": NO_RIGHT,
    "organization/": NO_RIGHT,
    "files/<uuid:file_id>/remove/": NO_RIGHT,
    "files/<uuid:file_id>/": ("audit.read_sensitive",),
    "notices/<uuid:notice_id>/": NO_RIGHT,
    "jobs/<uuid:job_id>/": ("jobs.manage",),
    "api/jobs/<uuid:job_id>/": ("jobs.manage",),
    "access/grants/<uuid:grant_id>/end/": ("access.manage",),
    "access/over/": NO_RIGHT,
    "people/<uuid:member_id>/data/": ("members.export", "members.erase"),
    "settings/keys/issuers/<uuid:grant_id>/end/": ("access.manage",),
    "settings/keys/<uuid:key_id>/revoke/": ("identity.keys.revoke",),
    "POST settings/keys/<uuid:key_id>/": NO_RIGHT,
    "api/keys/<uuid:key_id>/revoke/": ("identity.keys.revoke",),
    "api/keys/<uuid:key_id>/rotate/": NO_RIGHT,
    "POST api/keys/": ("predictions.submit",),
    "predictions/<uuid:prediction_id>/": SEE,
    "api/predictions/<uuid:prediction_id>/": SEE,
    "api/predictions/decisions/<uuid:decision_id>/undo/": NO_RIGHT,
    "review/undo/": NO_RIGHT,
    "review/disputes/undo/": NO_RIGHT,
    "review/update/<uuid:decision_id>/": NO_RIGHT,
    "predictions/import/<uuid:import_id>/": NO_RIGHT,
    "claims/events/<uuid:patient_event_id>/": ("claims.see_all", "claims.manage"),
    "api/patient-status/<uuid:patient_event_id>": ("claims.see_all", "claims.manage"),
    "claims/import/<uuid:claim_import_id>/": NO_RIGHT,
    "api/claims/import/<uuid:claim_import_id>": NO_RIGHT,
    "claims/drafts/<uuid:draft_id>/": NO_RIGHT,
    "claims/work/next/": NO_RIGHT,
    "claims/work/decide/": NO_RIGHT,
    "claims/work/skip/": NO_RIGHT,
    "claims/work/release/": NO_RIGHT,
    "claims/work/renew/": NO_RIGHT,
    "PATCH api/claims/<uuid:claim_id>": ("claims.manage",),
    "DELETE api/claims/<uuid:claim_id>": ("claims.manage",),
    "claims/<uuid:claim_id>/requests/": ("claims.manage", "claims.settle_appeals"),
    "api/claims/<uuid:claim_id>/requests/<": ("claims.manage", "claims.settle_appeals"),
    "claims/<uuid:claim_id>/documents/<": ("claims.see_all",),
    "api/claims/<uuid:claim_id>/documents": ("claims.see_all",),
    "claims/<uuid:claim_id>/": SEE_CLAIMS,
    "api/claims/<uuid:claim_id>": SEE_CLAIMS,
    "claims/patients/<uuid:patient_id>/": SEE_PARTIES,
    "api/patients/<uuid:patient_id>": SEE_PARTIES,
    "claims/providers/<uuid:billing_provider_id>/": (*SEE_PARTIES, "claims.process"),
    "api/providers/<uuid:billing_provider_id>": (*SEE_PARTIES, "claims.process"),
    "POST settings/claims/rules/<uuid:rule_set_id>/switch/": ("claims.switch_rules",),
    "POST settings/claims/rules/<uuid:rule_set_id>/retire/": ("claims.switch_rules",),
    "POST settings/claims/rules/<uuid:rule_set_id>/": ("claims.configure",),
}
"""Behind these, and behind what begins with them, one of these rights is asked for as well. NO_RIGHT helps where a
session, an import or a decision has to be one's own, a key may do no more than oneself, or several are needed."""

SignIn = Callable[[], Client]


def is_hidden(endpoint: Endpoint) -> bool:
    """Whether nothing is there for whoever works in an organisation, whatever they may in it."""
    return endpoint.route.startswith(OPERATORS)


def answer_of(client: Client, endpoint: Endpoint, world: World) -> Any:
    body = next((body for word, body in BODIES.items() if word in endpoint.route), {})
    body = body | FORMS.get(endpoint.route, lambda world: {})(world)
    if endpoint.action:
        body = body | {"do": f"bulk:{endpoint.action}", "all": "1", f"reason:{endpoint.action}": "Somebody asked."}
    elif is_list(endpoint):
        body = body | {"do": "export:csv", "all": "1"}
    return call(client, endpoint.method, fill(endpoint.route, endpoint.pattern, world), world, body)


def is_list(endpoint: Endpoint) -> bool:
    return hasattr(view_behind(endpoint.pattern.callback), "bulk")


def asked_beyond(endpoint: Endpoint) -> tuple[str, ...] | None:
    names = (endpoint.route, f"{endpoint.method} {endpoint.route}")
    return next((rights for start, rights in BEYOND.items() if any(name.startswith(start) for name in names)), None)


def needs_of(endpoint: Endpoint) -> str:
    declared = " and ".join(" or ".join(each) for each in endpoint.needs)
    beyond = asked_beyond(endpoint)
    return f"declares {declared}" + ("" if beyond is None else f", beyond it {' or '.join(beyond) or 'more'}")


def is_passing(endpoint: Endpoint, rights: Collection[str]) -> bool:
    beyond = asked_beyond(endpoint)
    return (
        not is_hidden(endpoint) and endpoint.admits(rights) and (beyond is None or not set(beyond).isdisjoint(rights))
    )


def is_as_expected(endpoint: Endpoint, rights: Collection[str], answer: Any) -> bool:
    """Absent and forbidden may look the same behind the door, never at it."""
    if endpoint.is_open:
        return bool(answer.status_code != 500)
    if is_hidden(endpoint):
        return bool(answer.status_code == 404)
    if not endpoint.admits(rights):
        return bool(answer.status_code == 403)
    if not is_passing(endpoint, rights):
        return answer.status_code in (403, 404)
    is_asked_again = answer.headers.get("Location", "").startswith("/accounts/again")
    return answer.status_code not in (401, 403, 404, 405, 500) and not is_asked_again


def surprises(sign_in: SignIn, rights: Collection[str], world: World, wanted: Iterable[Endpoint]) -> Iterator[str]:
    """What is answered otherwise than the rights say. What passes is undone, what is refused is left as it is."""
    for endpoint in wanted:
        cache.clear()
        with transaction.atomic():
            answer = answer_of(sign_in(), endpoint, world)
            transaction.set_rollback(is_passing(endpoint, rights))
        if not is_as_expected(endpoint, rights, answer):
            yield f"{endpoint}: {answer.status_code}, but it {needs_of(endpoint)}"


def signing_in(member: Member) -> SignIn:
    """Fresh clients of one session, because walking signs out too."""
    cookie = with_session(member).cookies[settings.SESSION_COOKIE_NAME].value

    def sign_in() -> Client:
        client = Client(raise_request_exception=False)
        client.cookies[settings.SESSION_COOKIE_NAME] = cookie
        return client

    return sign_in


def told(world: World) -> Counter[str]:
    with enter(world.organization.id):
        return Counter(Event.objects.values_list("verb", flat=True))


def changes(before: dict[str, str], world: World) -> set[str]:
    """Tables that differ, but for the events: that a right was refused is one."""
    after = contents(world)
    return {table for table in before if before[table] != after[table]} - {"audit_event"}


@pytest.mark.parametrize("role", [NO_ROLE, *ROLES])
def test_a_role_passes_where_it_has_the_right_and_is_refused_elsewhere(mine: World, role: str) -> None:
    rights = () if role == NO_ROLE else ROLES[role].rights
    member = new_member(mine.organization, *([] if role == NO_ROLE else [role]))
    sign_in = signing_in(member)
    before, told_before = contents(mine), told(mine)
    found = list(surprises(sign_in, rights, mine, endpoints()))
    assert not found, f"as {role} (is more asked than declared? say so in BEYOND):\n" + "\n".join(found)
    assert not changes(before, mine), "what was refused changed something"
    new = told(mine) - told_before
    assert set(new) <= {"access.right.refused"}
    assert new.total() >= sum(not each.admits(rights) and not is_hidden(each) for each in endpoints())


def test_one_right_alone_passes_wherever_it_is_named(mine: World) -> None:
    """An organisation's own role may have no other."""
    manager = actor_for(mine.everybody)
    found = []
    for right in registry().rights:
        with enter(mine.organization.id):
            role = add_role(actor=manager, code=right.replace(".", "-").replace("_", "-"), title=right, rights=[right])
        named = [each for each in endpoints() if right in each.rights and each.admits({right})]
        found += surprises(signing_in(new_member(mine.organization, role.code)), {right}, mine, named)
    assert not found, "\n".join(found)


def test_an_operator_passes_where_to_others_nothing_is(mine: World) -> None:
    client, answered = operator_client(), {}
    entered(client, mine.organization)
    for endpoint in filter(is_hidden, endpoints()):
        cache.clear()
        with transaction.atomic():
            answered[str(endpoint)] = answer_of(client, endpoint, mine).status_code
            transaction.set_rollback(True)
    assert {status for name, status in answered.items() if name.startswith("GET")} == {200}, answered
    assert set(answered.values()) <= {200, 302, 422}, answered


def test_a_key_without_scopes_passes_nowhere_that_needs_a_right(mine: World) -> None:
    program = new_member(mine.organization, *ROLES, kind="program")
    client = with_key(program, [], raise_request_exception=False)
    before = contents(mine)
    found = list(surprises(lambda: client, (), mine, (each for each in endpoints() if not each.admits(()))))
    assert not found, "\n".join(found)
    assert not changes(before, mine)


def test_nobody_passes_unknown(mine: World) -> None:
    """A program is told to sign in, a person is sent to where one does."""
    before, found = contents(mine), []
    for endpoint in endpoints():
        if not endpoint.is_open:
            answer = answer_of(Client(raise_request_exception=False), endpoint, mine)
            is_program = endpoint.route.startswith("api/")
            asked = answer.headers.get("WWW-Authenticate" if is_program else "Location", "")
            expected = (401, "Bearer") if is_program else (302, "/accounts/login")
            expected = (404, "") if is_hidden(endpoint) else expected
            if (answer.status_code, asked.partition("?")[0]) != expected:
                found.append(f"{endpoint}: {answer.status_code} {asked}")
    assert not found, "\n".join(found)
    assert contents(mine) == before


def test_what_is_asked_beyond_is_asked_of_an_address() -> None:
    names = [name for each in endpoints() for name in (each.route, f"{each.method} {each.route}")]
    assert [start for start in BEYOND if not any(name.startswith(start) for name in names)] == []
