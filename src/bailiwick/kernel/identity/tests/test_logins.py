"""Logins that look alike are one, or are refused."""

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.identity.actions import create_user
from bailiwick.kernel.identity.models import User
from bailiwick.kernel.identity.queries import find_by_login
from bailiwick.kernel.identity.rules.logins import looks_like_another, normal
from bailiwick.kernel.testing.factories import PASSWORD, new_member, new_organization


@pytest.mark.parametrize(
    "login",
    [
        "p\u0430ypal",  # Cyrillic а in Latin
        "\u0440\u0430\u0443\u0440\u0430\u04cf",  # all Cyrillic, read as paypal
        "\u03bf\u03c1\u03b5\u03bd",  # all Greek, read as open
        "ines\u200b.albrecht",  # zero width space
        "ines\u202ealbrecht",  # right to left from here
        "ines\u00adalbrecht",  # soft hyphen
        "ines\x00",
        "ines\nalbrecht",
        "ad\u043cin",
    ],
)
def test_what_looks_like_another_is_refused(login: str) -> None:
    assert looks_like_another(normal(login))


@pytest.mark.parametrize(
    "login",
    [
        "ines.albrecht",
        "Søren_7",
        "piotr.zieliński",
        "иван.петров",
        "山田たろう",
        "김철수",
        "γιώργος",
        "a@b.example",
        "42",
    ],
)
def test_what_is_of_one_script_is_taken(login: str) -> None:
    assert not looks_like_another(normal(login))


@given(st.text(max_size=40))
def test_normal_is_normal_already(text: str) -> None:
    assert normal(normal(text)) == normal(text)
    looks_like_another(normal(text))


@pytest.mark.django_db
def test_a_person_is_found_however_their_login_is_written() -> None:
    user = create_user(username=" \uff29nes.ﬁscher ", password=PASSWORD)
    assert user.username == "Ines.fischer"
    for written in ("ines.fischer", "INES.FISCHER", "\uff49\uff4e\uff45\uff53.ﬁscher"):
        assert find_by_login(written) == user
    for other in ("ines.fischer\x00", "\u0456nes.fischer", ""):
        assert find_by_login(other) is None


@pytest.mark.django_db
@pytest.mark.parametrize("login", ["\u0456nes.fischer", "ines\u200b.fischer", "ines\x00"])
def test_nobody_is_made_to_look_like_another(login: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        create_user(username=login, password=PASSWORD)
    assert set(refusal.value.fields) == {"username"}
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_login_in_full_width_signs_in() -> None:
    member = new_member(new_organization())
    user = User.objects.get(id=str(member.user_id))
    wide = "".join(chr(ord(character) + 0xFEE0) if character.isalnum() else character for character in user.username)
    assert wide != user.username
    answer = Client().post("/accounts/login", {"login": wide, "password": PASSWORD})
    assert answer.status_code == 302
