"""A real OpenID provider, run as a process of its own: `python openid.py PORT PEOPLE`, PEOPLE being JSON.

`/enter/<login>/` signs somebody in at it, `/register/` makes a client. The rest is django-allauth's.
"""

import json
import os
import sys
import threading
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.http import HttpRequest, HttpResponse

PORT, PEOPLE = sys.argv[1:] if len(sys.argv) == 3 else ("0", "{}")
GROUPS: dict[str, list[str]] = {}


def private_key() -> str:
    key = rsa.generate_private_key(65537, 2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def enter(request: HttpRequest, login: str) -> HttpResponse:
    from django.contrib.auth import get_user_model
    from django.contrib.auth import login as sign_in

    user = get_user_model().objects.get(username=login)
    sign_in(request, user, "django.contrib.auth.backends.ModelBackend")
    return HttpResponse("in")


def register(request: HttpRequest) -> HttpResponse:
    from allauth.idp.oidc.models import Client

    client = Client(
        id=request.GET["id"],
        name="Ours",
        scopes="openid\nprofile\nemail",
        redirect_uris=request.GET["redirect_uri"],
        skip_consent=True,
    )
    client.set_secret(request.GET["secret"])
    client.save()
    return HttpResponse("registered")


def main() -> None:
    settings.configure(
        SECRET_KEY="of a provider in tests",
        ALLOWED_HOSTS=["localhost", "127.0.0.1"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "file:peer?mode=memory&cache=shared"}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.sessions",
            "django.contrib.messages",
            "allauth",
            "allauth.account",
            "allauth.idp.oidc",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "allauth.account.middleware.AccountMiddleware",
        ],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
        ROOT_URLCONF="__main__",
        SESSION_COOKIE_NAME="session_at_the_provider",
        IDP_OIDC_PRIVATE_KEY=private_key(),
        IDP_OIDC_ADAPTER="__main__.TellingGroups",
        USE_TZ=True,
    )
    django.setup()
    prepare()
    serve()


def prepare() -> None:
    from allauth.account.models import EmailAddress
    from allauth.idp.oidc.adapter import DefaultOIDCAdapter
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.urls import include, path

    class TellingGroups(DefaultOIDCAdapter):  # type: ignore[misc]
        def get_claims(self, purpose: Any, user: Any, client: Any, scopes: Any, **values: Any) -> dict[str, Any]:
            claims = super().get_claims(purpose, user, client, scopes, **values)
            return claims | {"groups": GROUPS.get(user.username, [])}

    own: Any = sys.modules["__main__"]
    own.TellingGroups = TellingGroups
    own.urlpatterns = [
        path("enter/<login>/", enter),
        path("register/", register),
        path("", include("allauth.idp.urls")),
    ]
    call_command("migrate", verbosity=0)
    for login, person in json.loads(PEOPLE).items():
        GROUPS[login] = person.pop("groups", [])
        user = get_user_model().objects.create_user(login, **person)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


def serve() -> None:
    from django.core.wsgi import get_wsgi_application

    class Server(ThreadingMixIn, WSGIServer):
        daemon_threads = True

    class Quiet(WSGIRequestHandler):
        def log_message(self, *values: Any) -> None:
            pass

    # Whoever started it holds the other end: it does not outlive them.
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    with make_server("127.0.0.1", int(PORT), get_wsgi_application(), Server, Quiet) as server:
        print("ready", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
