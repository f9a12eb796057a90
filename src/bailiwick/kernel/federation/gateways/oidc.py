"""OpenID Connect Core 1.0 with a provider that an organisation named: the code flow with PKCE (RFC 7636)."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any

import requests
from authlib.integrations.requests_client.oauth2_session import OAuth2ClientAuth, OAuthError
from authlib.oauth2.client import OAuth2Client
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from django.core.cache import cache
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet, import_key

from bailiwick.kernel.base.outbound import Caller, NotReachable, call, check_url
from bailiwick.kernel.federation.errors import NotVouched
from bailiwick.kernel.federation.values import Journey, OidcClient, Vouched

ALGORITHMS = [f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)]
"""Neither "none" nor what is signed with a secret that both sides know."""
LEEWAY = 60
"""Seconds that clocks may differ."""
KEPT = 600
"""Seconds that what a provider publishes of itself is kept."""
REFETCHED = 30
"""Seconds between two looks at a provider's keys."""
MOST_GROUPS, LONGEST = 1000, 500


def begin(client: OidcClient, *, is_again: bool = False) -> Journey:
    """Where to send the browser, and what its session has to keep. Raises NotReachable, AddressRefused.

    `is_again` asks for a new proof, whoever the provider remembers.
    """
    published = discover(client.issuer)
    kept = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    asked = {"prompt": "login", "max_age": "0"} if is_again else {}
    with Caller() as caller:
        url, _state = _oauth(client, published, caller).create_authorization_url(
            published["authorization_endpoint"],
            state=kept["state"],
            nonce=kept["nonce"],
            code_challenge=create_s256_code_challenge(kept["verifier"]),
            code_challenge_method="S256",
            **asked,
        )
    return Journey(url, kept | ({"again": "1"} if is_again else {}))


def finish(client: OidcClient, kept: Mapping[str, str], answer: Mapping[str, str]) -> Vouched:
    """Who came back; `answer` is the query of the way back. Raises NotVouched, NotReachable, AddressRefused."""
    if not hmac.compare_digest(answer.get("state", "").encode(), kept["state"].encode()):
        raise NotVouched("state")
    if answer.get("iss", client.issuer) != client.issuer:  # RFC 9207
        raise NotVouched("issuer")
    if "code" not in answer:
        raise NotVouched("refused by the provider")
    published = discover(client.issuer)
    with Caller() as caller:
        tokens = _fetch_tokens(_oauth(client, published, caller), published, answer["code"], kept["verifier"])
        claims = _check(client, published, tokens, kept["nonce"])
        if "again" in kept and not isinstance(claims.get("auth_time"), int):
            raise NotVouched("the provider does not tell when")
        if _lacks(claims, client):
            claims = _complete(claims, published, str(tokens.get("access_token", "")))
    return _vouched(claims, client)


def discover(issuer: str, *, anew: bool = False) -> dict[str, Any]:
    """What a provider publishes of itself (OpenID Connect Discovery 1.0); raises NotReachable, AddressRefused."""
    name = _cache_name("provider", issuer)
    if not anew and (published := cache.get(name)):
        return dict(published)
    answer = call("GET", issuer.rstrip("/") + "/.well-known/openid-configuration")
    published = answer.json()
    if answer.status != 200 or published.get("issuer") != issuer:
        raise NotReachable
    for needed in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        check_url(str(published.get(needed, "")))
    cache.set(name, published, KEPT)
    return published


def fetch_keys(published: Mapping[str, Any], *, anew: bool = False) -> KeySet:
    """The keys that a provider signs with now; those of a kind that we do not know are left out."""
    name = _cache_name("keys", published["jwks_uri"])
    found = None if anew else cache.get(name)
    if found is None:
        found = call("GET", published["jwks_uri"]).json().get("keys")
        found = found if isinstance(found, list) else []
        cache.set(name, found, KEPT)
    keys = [_import(each) for each in found if isinstance(each, dict) and each.get("use", "sig") == "sig"]
    return KeySet([key for key in keys if key is not None])


def _import(key: dict[str, Any]) -> Any:
    try:
        return import_key(key) if key.get("kty") in ("RSA", "EC") else None
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def _cache_name(kind: str, url: str) -> str:
    return f"oidc:{kind}:{hashlib.sha256(url.encode()).hexdigest()}"


def _oauth(client: OidcClient, published: Mapping[str, Any], caller: Caller) -> Any:
    """The protocol as authlib speaks it, over our own calls."""
    ways = published.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    way = "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"
    return _Protocol(
        session=caller,
        client_id=client.client_id,
        client_secret=client.client_secret,
        token_endpoint_auth_method=way if client.client_secret else "none",
        scope="openid email profile" + (" groups" if "groups" in published.get("scopes_supported", ()) else ""),
        redirect_uri=client.redirect_uri,
    )


class _Protocol(OAuth2Client):
    client_auth_class = OAuth2ClientAuth
    oauth_error_class = OAuthError


def _fetch_tokens(protocol: Any, published: Mapping[str, Any], code: str, verifier: str) -> Mapping[str, Any]:
    try:
        return protocol.fetch_token(published["token_endpoint"], code=code, code_verifier=verifier)
    except OAuthError as refusal:
        raise NotVouched("code refused by the provider") from refusal
    except (requests.HTTPError, ValueError, TypeError, KeyError, AttributeError) as failure:
        raise NotReachable from failure


def _check(client: OidcClient, published: Mapping[str, Any], tokens: Mapping[str, Any], nonce: str) -> dict[str, Any]:
    """The claims of an ID token that holds (OpenID Connect Core 1.0, section 3.1.3.7)."""
    token = tokens.get("id_token")
    if not isinstance(token, str):
        raise NotVouched("no ID token")
    try:
        read = _decode(token, published)
        options = {
            "iss": {"essential": True, "value": client.issuer},
            "aud": {"essential": True, "value": client.client_id},
            "sub": {"essential": True},
            "exp": {"essential": True},
        }
        given = {"nonce": nonce, "client_id": client.client_id, "access_token": tokens.get("access_token")}
        CodeIDToken(read.claims, read.header, options, given).validate(leeway=LEEWAY)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as failure:
        raise NotVouched(str(failure)[:200]) from failure
    return dict(read.claims)


def _decode(token: str, published: Mapping[str, Any]) -> jwt.Token:
    """With the keys that we know, else with those of this moment: providers change them."""
    try:
        return jwt.decode(token, fetch_keys(published), algorithms=ALGORITHMS)
    except InvalidKeyIdError:
        if not cache.add(_cache_name("refetched", published["jwks_uri"]), True, REFETCHED):
            raise
        return jwt.decode(token, fetch_keys(published, anew=True), algorithms=ALGORITHMS)


def _lacks(claims: Mapping[str, Any], client: OidcClient) -> bool:
    return "email" not in claims or bool(client.group_claim and _at(claims, client.group_claim) is None)


def _complete(claims: dict[str, Any], published: Mapping[str, Any], token: str) -> dict[str, Any]:
    """What the provider tells of the same person when asked; an ID token says it first."""
    if not token or not published.get("userinfo_endpoint"):
        return claims
    answer = call("GET", published["userinfo_endpoint"], headers={"Authorization": f"Bearer {token}"})
    if answer.status != 200:
        return claims
    told = answer.json()
    return told | claims if told.get("sub") == claims["sub"] else claims


def _vouched(claims: Mapping[str, Any], client: OidcClient) -> Vouched:
    names = (claims.get("name"), f"{claims.get('given_name', '')} {claims.get('family_name', '')}".strip())
    name = next((name for name in (*names, claims.get("preferred_username")) if name and isinstance(name, str)), "")
    email = claims.get("email") if claims.get("email_verified", True) in (True, "true") else ""
    return Vouched(
        subject=str(claims["sub"]),
        name=name[:200],
        email=email if isinstance(email, str) else "",
        groups=_groups(_at(claims, client.group_claim) if client.group_claim else None),
        proved_at=int(claims.get("auth_time") or 0),
    )


def _at(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name; where there is none of the whole name, dots lead into objects ("realm_access.roles")."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _groups(found: Any) -> tuple[str, ...]:
    each = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    kept = [group for group in each[:MOST_GROUPS] if isinstance(group, str) and 0 < len(group) <= LONGEST]
    return tuple(dict.fromkeys(kept))
