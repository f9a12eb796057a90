import base64
import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from joserfc.jwk import OctKey, RSAKey

from bailiwick.kernel.base.outbound import AddressRefused, NotReachable
from bailiwick.kernel.federation.errors import NotVouched
from bailiwick.kernel.federation.gateways.oidc import begin, finish
from bailiwick.kernel.federation.tests.peers.fixtures import SECRET, LyingProvider, OpenIdProvider
from bailiwick.kernel.federation.values import OidcClient, Vouched

BACK = "http://testserver/back"


@pytest.fixture
def client(openid_provider: OpenIdProvider) -> OidcClient:
    client_id = uuid4().hex
    openid_provider.register(client_id, BACK)
    return OidcClient(openid_provider.issuer, client_id, SECRET, BACK, "groups")


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def test_a_real_provider_says_who_somebody_is(openid_provider: OpenIdProvider, client: OidcClient) -> None:
    journey = begin(client)
    way_back = openid_provider.visit("ada", journey.url)
    assert way_back.startswith(BACK)
    vouched = finish(client, journey.kept, query(way_back))
    groups = ("reviewers", "everybody")
    assert vouched == Vouched(vouched.subject, "Ada Lovelace", "ada@example.com", groups, vouched.proved_at)
    assert vouched.subject


def test_what_leads_to_the_provider_is_bound_to_this_browser(client: OidcClient) -> None:
    asked, again = query(begin(client).url), query(begin(client).url)
    assert asked["code_challenge_method"] == "S256" and asked["response_type"] == "code"
    assert {"openid", "email", "profile"} <= set(asked["scope"].split())
    assert asked["redirect_uri"] == BACK
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[name]) >= 43 and asked[name] != again[name]


def test_a_code_is_good_once_and_for_the_browser_that_asked(
    openid_provider: OpenIdProvider, client: OidcClient
) -> None:
    journey, other = begin(client), begin(client)
    answer = query(openid_provider.visit("ada", journey.url))
    with pytest.raises(NotVouched):  # of another browser
        finish(client, other.kept, answer)
    with pytest.raises(NotVouched):  # PKCE: the code is not this browser's
        finish(client, other.kept, answer | {"state": other.kept["state"]})
    answer = query(openid_provider.visit("ada", journey.url))
    finish(client, journey.kept, answer)
    with pytest.raises(NotVouched):
        finish(client, journey.kept, answer)


def test_a_wrong_secret_is_refused_by_the_provider(openid_provider: OpenIdProvider, client: OidcClient) -> None:
    journey = begin(client)
    answer = query(openid_provider.visit("ada", journey.url))
    with pytest.raises(NotVouched):
        finish(replace(client, client_secret="another"), journey.kept, answer)


def test_a_refusal_at_the_provider_is_no_sign_in(client: OidcClient) -> None:
    kept = begin(client).kept
    with pytest.raises(NotVouched):
        finish(client, kept, {"state": kept["state"], "error": "access_denied"})


def test_a_new_proof_is_asked_for(client: OidcClient) -> None:
    asked = query(begin(client, is_again=True).url)
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    assert "prompt" not in query(begin(client).url)


# What a real provider would not do.


@pytest.fixture
def ours(lying_provider: LyingProvider) -> OidcClient:
    return OidcClient(lying_provider.issuer, "ours", SECRET, BACK, "realm.roles")


def walk(provider: LyingProvider, ours: OidcClient) -> Vouched:
    journey = begin(ours)
    return finish(ours, journey.kept, provider.way_back(journey.url))


def test_the_provider_that_can_lie_is_believed_when_it_does_not(
    lying_provider: LyingProvider, ours: OidcClient
) -> None:
    assert walk(lying_provider, ours) == Vouched("1", "", "ada@example.com")


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://another.example.com"},
        {"iss": None},
        {"aud": "another"},
        {"aud": ["ours", "another"]},  # for two, and it does not say which of them asked
        {"aud": ["ours"], "azp": "another"},
        {"aud": None},
        {"aud": {"ours": 1}},
        {"exp": 1},
        {"exp": "soon"},
        {"exp": None},
        {"iat": None},
        {"nbf": 4_000_000_000},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"at_hash": "of another token"},
    ],
    ids=str,
)
def test_a_token_whose_claims_do_not_hold_is_refused(
    lying_provider: LyingProvider, ours: OidcClient, claims: dict[str, Any]
) -> None:
    lying_provider.claims = claims
    with pytest.raises(NotVouched):
        walk(lying_provider, ours)


def test_a_token_signed_by_another_key_is_refused(lying_provider: LyingProvider, ours: OidcClient) -> None:
    lying_provider.signing = RSAKey.generate_key(2048, {"kid": "1"})
    with pytest.raises(NotVouched):
        walk(lying_provider, ours)


def test_a_token_signed_with_our_own_secret_is_refused(lying_provider: LyingProvider, ours: OidcClient) -> None:
    lying_provider.header, lying_provider.signing = {"alg": "HS256"}, OctKey.import_key(SECRET)
    with pytest.raises(NotVouched):
        walk(lying_provider, ours)


@pytest.mark.parametrize("token", ["", "a", "a.b.c", 7, {"a": 1}, "e30.e30.", "a.b.c.d.e"])
def test_what_is_no_token_is_refused(lying_provider: LyingProvider, ours: OidcClient, token: Any) -> None:
    lying_provider.token = token or "."
    with pytest.raises(NotVouched):
        walk(lying_provider, ours)


def test_a_token_that_nobody_signed_is_refused(lying_provider: LyingProvider, ours: OidcClient) -> None:
    def part(content: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")

    journey = begin(ours)
    answer = lying_provider.way_back(journey.url)
    claims = {"iss": ours.issuer, "aud": "ours", "sub": "1", "iat": 1, "exp": 4_000_000_000}
    lying_provider.token = f"{part({'alg': 'none'})}.{part(claims | {'nonce': lying_provider.nonce})}."
    with pytest.raises(NotVouched):
        finish(ours, journey.kept, answer)


def test_a_provider_may_change_its_keys(lying_provider: LyingProvider, ours: OidcClient) -> None:
    walk(lying_provider, ours)
    lying_provider.key = RSAKey.generate_key(2048, {"kid": "2"})
    assert walk(lying_provider, ours).subject == "1"
    assert lying_provider.asked.count("/keys") == 2


def test_unknown_keys_do_not_make_us_ask_again_and_again(lying_provider: LyingProvider, ours: OidcClient) -> None:
    lying_provider.header = {"kid": "unknown"}
    for _attempt in range(3):
        with pytest.raises(NotVouched):
            walk(lying_provider, ours)
    assert lying_provider.asked.count("/keys") == 2


def test_the_answer_of_another_issuer_is_refused(lying_provider: LyingProvider, ours: OidcClient) -> None:
    journey = begin(ours)
    with pytest.raises(NotVouched):
        finish(ours, journey.kept, lying_provider.way_back(journey.url) | {"iss": "https://another.example.com"})


def test_what_the_token_lacks_is_asked_for_and_only_of_the_same_person(
    lying_provider: LyingProvider, ours: OidcClient
) -> None:
    lying_provider.claims = {"email": None}
    lying_provider.told = {"sub": "1", "email": "told@example.com", "realm": {"roles": ["a", "b", 3, ""]}}
    assert walk(lying_provider, ours) == Vouched("1", "", "told@example.com", ("a", "b"))
    lying_provider.told["sub"] = "2"
    assert walk(lying_provider, ours) == Vouched("1", "")


def test_when_somebody_proved_who_they_are_has_to_be_told_where_it_was_asked_for(
    lying_provider: LyingProvider, ours: OidcClient
) -> None:
    journey = begin(ours, is_again=True)
    with pytest.raises(NotVouched):
        finish(ours, journey.kept, lying_provider.way_back(journey.url))
    lying_provider.claims = {"auth_time": 1_700_000_000}
    journey = begin(ours, is_again=True)
    assert finish(ours, journey.kept, lying_provider.way_back(journey.url)).proved_at == 1_700_000_000


def test_a_mail_address_that_the_provider_did_not_check_is_none(
    lying_provider: LyingProvider, ours: OidcClient
) -> None:
    lying_provider.claims = {"email_verified": False}
    assert walk(lying_provider, ours).email == ""


@pytest.mark.parametrize(
    "published", [{"issuer": "https://another.example.com"}, {"issuer": None}, {"token_endpoint": None}]
)
def test_a_provider_that_publishes_nonsense_is_not_used(
    lying_provider: LyingProvider, ours: OidcClient, published: dict[str, Any]
) -> None:
    lying_provider.published = published
    with pytest.raises((NotReachable, AddressRefused)):
        begin(ours)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_a_provider_cannot_point_us_elsewhere_than_outside(
    lying_provider: LyingProvider, ours: OidcClient, name: str
) -> None:
    lying_provider.published = {name: "file:///etc/passwd"}
    with pytest.raises(AddressRefused):
        begin(ours)
