"""Peers to sign in with: a real OpenID provider in a process of its own, and one that can be made to lie."""

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import RSAKey

from bailiwick.kernel.federation.tests.peers.names import NameServer, serving

PEOPLE = {
    "ada": {
        "email": "ada@example.com",
        "first_name": "Ada",
        "last_name": "Lovelace",
        "groups": ["reviewers", "everybody"],
    },
    "eve": {"email": "eve@example.com", "first_name": "Eve", "groups": []},
}
SECRET = "what only the two of them know"


@dataclass(frozen=True)
class OpenIdProvider:
    issuer: str

    def register(self, client_id: str, redirect_uri: str) -> None:
        given = {"id": client_id, "secret": SECRET, "redirect_uri": redirect_uri}
        requests.get(f"{self.issuer}/register/", given, timeout=10).raise_for_status()

    def visit(self, login: str, url: str) -> str:
        """Where the provider sends the browser of somebody who is signed in to it."""
        with requests.Session() as browser:
            browser.get(f"{self.issuer}/enter/{login}/", timeout=10).raise_for_status()
            answer = browser.get(url, allow_redirects=False, timeout=10)
            assert answer.status_code == 302, answer.text
            return answer.headers["Location"]


@pytest.fixture(scope="session")
def openid_provider() -> Iterator[OpenIdProvider]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, str(Path(__file__).with_name("openid.py")), str(port), json.dumps(PEOPLE)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdout.readline() == "ready\n"
        yield OpenIdProvider(f"http://localhost:{port}")
        process.terminate()


@cache
def first_key() -> RSAKey:
    """Made once, because making one takes long."""
    return RSAKey.generate_key(2048, {"kid": "1"})


@dataclass
class LyingProvider:
    """Answers what a test puts here. `claims` and `header` go into the ID token over what would be right."""

    key: RSAKey = field(default_factory=first_key)
    published: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    signing: Any = None
    token: Any = None
    nonce: str = ""
    issuer: str = ""
    asked: list[str] = field(default_factory=list)

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/told",
        } | self.published

    def keys(self) -> dict[str, Any]:
        return {"keys": [{"kty": "unknown to us"}, self.key.as_dict(private=False)]}

    def tokens(self) -> dict[str, Any]:
        moment = int(time.time())
        right = {
            "iss": self.issuer,
            "aud": "ours",
            "sub": "1",
            "iat": moment,
            "exp": moment + 60,
            "nonce": self.nonce,
            "email": "ada@example.com",
        }
        claims = {name: value for name, value in (right | self.claims).items() if value is not None}
        header = {"alg": "RS256", "kid": self.key.kid} | self.header
        token = self.token or jwt.encode(header, claims, self.signing or self.key, algorithms=[header["alg"]])
        return {"access_token": "for what is told", "token_type": "Bearer", "id_token": token}

    def way_back(self, url: str) -> dict[str, str]:
        """The query with which the browser comes back."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        self.nonce = query["nonce"]
        return {"code": "1", "state": query["state"]}


@pytest.fixture
def lying_provider() -> Iterator[LyingProvider]:
    provider = LyingProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers = {
                "/.well-known/openid-configuration": provider.configuration,
                "/keys": provider.keys,
                "/told": lambda: provider.told,
                "/token": provider.tokens,
            }
            provider.asked.append(self.path)
            content = json.dumps(answers[self.path]()).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, format: str, *values: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        provider.issuer = f"http://localhost:{server.server_port}"
        yield provider
        server.shutdown()


@pytest.fixture
def name_server(settings: Any) -> Iterator[NameServer]:
    """Asked in place of the system's."""
    with serving() as names:
        settings.DNS_SERVERS = [names.address]
        yield names
