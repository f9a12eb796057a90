"""The mail server that an installation names."""

import pytest

from bailiwick.config.environment import mail


@pytest.mark.parametrize(
    ("url", "host", "port", "wrapped", "turns"),
    [
        ("smtps://a%40b:p%3Aw@mail.example.org", "mail.example.org", 465, True, False),
        ("smtp://mail.example.org:2525", "mail.example.org", 2525, False, True),
        ("smtp://localhost:25?tls=no", "localhost", 25, False, False),
    ],
)
def test_the_mail_server_is_named_by_a_url(url: str, host: str, port: int, wrapped: bool, turns: bool) -> None:
    found = mail(url)
    named = [found[f"EMAIL_{name}"] for name in ("HOST", "PORT", "USE_SSL", "USE_TLS")]
    assert named == [host, port, wrapped, turns]


def test_no_url_is_no_mail_and_a_wrong_one_is_refused() -> None:
    assert mail("") == {}
    assert mail("smtps://a%40b:p%3Aw@x")["EMAIL_HOST_PASSWORD"] == "p:w"
    for wrong in ("https://mail.example.org", "smtp://", "mail.example.org"):
        with pytest.raises(ValueError, match="BAILIWICK_EMAIL_URL"):
            mail(wrong)
