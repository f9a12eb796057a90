"""Which passwords are taken, and what a browser is called."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from bailiwick.kernel.identity.models import User
from bailiwick.kernel.identity.rules.agents import device_of

ADA = User(username="ada.byron", first_name="Ada", last_name="Lovelace-Byron", email="countess@example.org")


@pytest.mark.parametrize(
    "password",
    [
        "password123",
        "P@ssw0rd!2024",
        "qwertyuiop",
        "1234567890",
        "aaaaaaaaaaaa",
        "Lovelace-Byron",
        "lovelacebyron1",
        "ada.byron1",
        "countess2024",
        "bailiwick1",
        "Summer2024!",
        "kurz&gut7",
    ],
)
def test_what_is_guessed_soon_is_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, ADA)


@pytest.mark.parametrize(
    "password",
    ["correct horse battery staple", "zwölf Boxkämpfer jagen Viktor", "k7Gm2-vQx9-tR4s", "ein satz mit genug wörtern"],
)
def test_no_class_of_characters_is_asked_for(password: str) -> None:
    validate_password(password, ADA)


def test_what_is_long_is_looked_at_in_its_beginning() -> None:
    validate_password("correct horse battery staple " * 30, ADA)
    with pytest.raises(ValidationError):
        validate_password("a" * 1000, ADA)


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on macOS"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5.0", "curl"),
        ("python-requests/2.34", "Python"),
        ("<script>alert(1)</script>", "Unknown program"),
        ("", "Unknown program"),
    ],
)
def test_a_browser_in_words(agent: str, device: str) -> None:
    assert device_of(agent) == device
