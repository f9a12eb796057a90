"""What counts once counts once for many requests at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from bailiwick.kernel.identity.models import Member, Passkey, RecoveryCode, Totp, User
from bailiwick.kernel.identity.tests.doors import (
    PAGE,
    SECOND,
    codes_on_paper,
    present_code,
    set_policy,
    stored,
    with_password,
)
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.passkeys import Authenticator, add_key

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(ask: Callable[[Any], Any], those: list[Any]) -> list[int]:
    """The status of each answer, the smallest first."""

    def work(each: Any) -> int:
        try:
            return int(ask(each).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(those)) as threads:
        return sorted(threads.map(work, those))


def test_a_code_opens_one_of_many_doors(user: User, application: Totp) -> None:
    code, clients = present_code(application), [with_password(user)[0] for _ in range(6)]
    answers = at_once(lambda client: client.post(SECOND, {"code": code}), clients)
    assert answers == [302] + [422] * 5


def test_a_code_on_paper_opens_one_of_many_doors(user: User, mine: Client, application: Totp) -> None:
    code, clients = codes_on_paper(mine)[0], [with_password(user)[0] for _ in range(6)]
    answers = at_once(lambda client: client.post(SECOND, {"code": code}), clients)
    assert answers == [302] + [422] * 5
    assert RecoveryCode.objects.filter(used_at=None).count() == 9


def test_an_answer_of_a_key_opens_one_of_many_doors(key: Authenticator) -> None:
    Passkey.objects.update(sign_count=0)
    key.count, client = None, Client()
    options = client.post("/accounts/login/passkey/question/").json()
    answer, clients = {"answer": key.get(options)}, []
    for _number in range(6):
        same = Client()
        same.cookies = client.cookies
        clients.append(same)
    first, *others = at_once(lambda each: each.post("/accounts/login/passkey/", answer), clients)
    assert first == 302
    assert set(others) <= {400, 422}  # refused, or the Django session in which it was asked has gone meanwhile


def test_of_the_last_two_keys_one_stays(member: Member, key: Authenticator) -> None:
    second = Authenticator()
    add_key(with_session(member), second, "Telephone")
    user = User.objects.get(id=str(member.user_id))
    user.set_unusable_password()
    user.save()
    inside = [(with_session(member), stored(each).id) for each in (key, second)]
    answers = at_once(lambda pair: pair[0].post(f"{PAGE}passkeys/{pair[1]}/remove/"), inside)
    assert answers == [302, 409]
    assert Passkey.objects.filter(revoked_at=None).count() == 1


def test_one_application_is_set_up_at_once(member: Member) -> None:
    clients = [with_session(member) for _ in range(4)]
    answers = at_once(lambda client: client.post(f"{PAGE}application/begin/"), clients)
    assert answers == [302] * 4
    assert Totp.objects.filter(ended_at=None).count() == 1


def test_a_key_enrolled_twice_at_once_is_one_key(member: Member) -> None:
    set_policy(member.organization_id, methods=["password", "passkey"])
    same, clients = Authenticator(), [with_session(member) for _ in range(4)]
    answers = at_once(lambda client: add_key(client, same), clients)
    assert answers == [302] + [422] * 3
    assert Passkey.objects.count() == 1
