"""Signing in with a password by both doors, from a place and with a browser that a test chooses."""

from typing import Any

from django.test import Client

LOGIN, TOKEN = "/accounts/login", "/api/auth/token/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605.1 (KHTML, like Gecko) Version/18.0 Safari/605.1"
NEW = "another sentence that is long enough"


def page(client: Client, login: str, password: str, place: str = "192.0.2.1") -> Any:
    return client.post(
        LOGIN, {"login": login, "password": password}, REMOTE_ADDR=place, headers={"user-agent": FIREFOX}
    )


def token(client: Client, login: str, password: str, place: str = "192.0.2.1") -> Any:
    return client.post(TOKEN, {"username": login, "password": password}, "application/json", REMOTE_ADDR=place)
