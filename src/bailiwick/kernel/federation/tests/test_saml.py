import base64
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import xmlsec
from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils as Utils

from bailiwick.kernel.federation.errors import NotVouched
from bailiwick.kernel.federation.gateways.saml import begin, describe, make_own_key, read_answer
from bailiwick.kernel.federation.tests.peers.saml import SamlProvider, saml_time
from bailiwick.kernel.federation.values import SamlPeer, Vouched

OWN = "https://bailiwick.example.com/accounts/saml/1"
SPACES = {
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}
PAST = saml_time(datetime.now(UTC) - timedelta(hours=2))
FUTURE = saml_time(datetime.now(UTC) + timedelta(hours=2))


@cache
def provider() -> SamlProvider:
    return SamlProvider()


@cache
def peer() -> SamlPeer:
    key, certificate = make_own_key("Bailiwick")
    known = (provider().certificate,)
    there = provider().entity_id, provider().sign_in_url
    return SamlPeer(*there, known, f"{OWN}/metadata", f"{OWN}/answer", certificate, key, "groups")


def answered(**spoiled: Any) -> str:
    return provider().answer("_asked", peer().own_answer_url, peer().own_entity_id, **spoiled)


def document() -> Any:
    return etree.fromstring(base64.b64decode(answered()))


def sent(document: Any) -> str:
    return base64.b64encode(etree.tostring(document)).decode()


def test_a_signed_assertion_says_who_somebody_is() -> None:
    asserted = read_answer(peer(), answered(assertion="_1"))
    vouched = asserted.vouched
    assert vouched == Vouched("ada", "Ada", "ada@example.com", ("reviewers",), vouched.proved_at)
    assert abs(vouched.proved_at - datetime.now(UTC).timestamp()) < 60
    assert (asserted.request_id, asserted.assertion_id) == ("_asked", "_1")
    assert 0 < asserted.ends - datetime.now(UTC).timestamp() <= 300


def test_what_leads_to_the_provider_names_the_request_and_where_to_answer() -> None:
    journey = begin(peer(), "relayed")
    request_id, answer_url, relay = provider().asked(journey.url)
    assert journey.kept == {"request": request_id, "relay": "relayed"}
    assert answer_url == peer().own_answer_url and relay == "relayed"
    assert journey.url.startswith(provider().sign_in_url + "?")


def test_a_new_proof_is_asked_for() -> None:
    query = parse_qs(urlsplit(begin(peer(), "relayed", is_again=True).url).query)
    assert b'ForceAuthn="true"' in Utils.decode_base64_and_inflate(query["SAMLRequest"][0])


def test_our_metadata_names_us_and_asks_for_signed_assertions() -> None:
    described = etree.fromstring(describe(peer()).encode())
    assert described.get("entityID") == peer().own_entity_id
    service = described.find(".//{*}AssertionConsumerService")
    assert service.get("Location") == peer().own_answer_url
    assert described.find(".//{*}SPSSODescriptor").get("WantAssertionsSigned") == "true"


@pytest.mark.parametrize(
    "spoiled",
    [
        {"key": ""},
        {"key": make_own_key("Somebody else")[0]},
        {"issuer": "https://another.example.com"},
        {"audience": "<saml:AudienceRestriction><saml:Audience>https://a.example</saml:Audience></saml:AudienceRestriction>"},
        {"audience": ""},
        {"ends": PAST},
        {"begins": FUTURE},
        {"recipient": "https://another.example.com/answer"},
        {"confirmed": {"Recipient": None}},
        {"confirmed": {"InResponseTo": "_another"}},
        {"confirmed": {"InResponseTo": None}},
        {"confirmed": {"NotOnOrAfter": None}},
        {"confirmed": {"NotOnOrAfter": PAST}},
        {"answering": ""},
        {"answering": "", "confirmed": {"InResponseTo": None}},
        {"destination": "https://another.example.com/answer"},
        {"destination": f"{OWN}/answer/further"},
        {"status": "AuthnFailed"},
        {"subject": ""},
        {"format": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"},
    ],
)  # fmt: skip
def test_an_answer_that_is_spoiled_in_one_way_is_refused(spoiled: dict[str, Any]) -> None:
    with pytest.raises(NotVouched):
        read_answer(peer(), answered(**spoiled))


def test_what_was_changed_after_signing_is_refused() -> None:
    changed = document()
    changed.find(".//saml:NameID", SPACES).text = "eve"
    with pytest.raises(NotVouched):
        read_answer(peer(), sent(changed))


def test_a_comment_does_not_shorten_a_name() -> None:
    """Signatures leave comments out; so must whoever reads (CVE-2017-11427)."""
    changed = document()
    name = changed.find(".//saml:NameID", SPACES)
    name.text = "a"
    comment = etree.Comment("")
    comment.tail = "da"
    name.append(comment)
    assert read_answer(peer(), sent(changed)).vouched.subject == "ada"


@pytest.mark.parametrize(
    "declared",
    [
        '<!DOCTYPE r [<!ENTITY e "ada">]>',
        '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE r SYSTEM "http://localhost/evil.dtd">',
        '<!DOCTYPE r [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY e "&b;&b;&b;">]>',
    ],
)
def test_xml_that_declares_entities_is_refused(declared: str) -> None:
    with pytest.raises(NotVouched):
        read_answer(peer(), answered(before=declared))


@pytest.mark.parametrize("answer", ["", "%%%", "PGE+", "YQ==", "PGEvPg==", "A" * 600_000, "\x00", "ä"])
def test_what_is_no_answer_is_refused(answer: str) -> None:
    with pytest.raises(NotVouched):
        read_answer(peer(), answer)


def forged(original: Any) -> Any:
    """An assertion of somebody else, unsigned."""
    assertion = deepcopy(original)
    assertion.remove(assertion.find("ds:Signature", SPACES))
    assertion.find(".//saml:NameID", SPACES).text = "eve"
    return assertion


def wrap_before(response: Any, signed: Any) -> None:
    evil = forged(signed)
    evil.set("ID", "_evil")
    signed.addprevious(evil)


def wrap_with_the_same_id(response: Any, signed: Any) -> None:
    signed.addprevious(forged(signed))


def wrap_in_extensions(response: Any, signed: Any) -> None:
    evil = forged(signed)
    evil.set("ID", "_evil")
    response.replace(signed, evil)
    extensions = etree.Element("{urn:oasis:names:tc:SAML:2.0:protocol}Extensions")
    extensions.append(signed)
    response.insert(1, extensions)


def wrap_in_the_signature(response: Any, signed: Any) -> None:
    """The signed one as an object of a signature that stands in the forged one."""
    evil = forged(signed)
    evil.set("ID", "_evil")
    signature = signed.find("ds:Signature", SPACES)
    response.replace(signed, evil)
    evil.insert(1, signature)
    holder = etree.SubElement(signature, "{http://www.w3.org/2000/09/xmldsig#}Object")
    holder.append(signed)


def take_over_the_id(response: Any, signed: Any) -> None:
    evil = forged(signed)
    evil.insert(1, deepcopy(signed.find("ds:Signature", SPACES)))
    signed.addprevious(evil)
    response.remove(signed)


@pytest.mark.parametrize(
    "wrap", [wrap_before, wrap_with_the_same_id, wrap_in_extensions, wrap_in_the_signature, take_over_the_id]
)
def test_a_signed_assertion_cannot_be_wrapped_around_another(wrap: Any) -> None:
    response = document()
    wrap(response, response.find("saml:Assertion", SPACES))
    with pytest.raises(NotVouched):
        read_answer(peer(), sent(response))


def test_a_signature_of_the_answer_alone_is_not_enough() -> None:
    whole = base64.b64decode(answered(key="")).decode()
    signed = provider().sign(whole, provider().key)
    with pytest.raises(NotVouched):
        read_answer(peer(), base64.b64encode(signed.encode()).decode())


def test_an_old_way_of_signing_is_refused() -> None:
    response = document()
    method = response.find(".//ds:SignatureMethod", SPACES)
    method.set("Algorithm", "http://www.w3.org/2000/09/xmldsig#rsa-sha1")
    with pytest.raises(NotVouched):
        read_answer(peer(), sent(response))


def test_a_provider_may_sign_with_the_next_key_already() -> None:
    _key, other = make_own_key("The next one")
    rotated = replace(peer(), certificates=(other, provider().certificate))
    assert read_answer(rotated, answered()).vouched.subject == "ada"
    with pytest.raises(NotVouched):
        read_answer(replace(peer(), certificates=(other,)), answered())


def encrypted(response: Any) -> Any:
    """The signed assertion, encrypted for us."""
    signed = response.find("saml:Assertion", SPACES)
    holder = etree.Element("{urn:oasis:names:tc:SAML:2.0:assertion}EncryptedAssertion")
    response.replace(signed, holder)
    holder.append(signed)
    data = xmlsec.template.encrypted_data_create(
        signed, xmlsec.Transform.AES256_GCM, type=xmlsec.EncryptionType.ELEMENT, ns="xenc"
    )
    xmlsec.template.encrypted_data_ensure_cipher_value(data)
    info = xmlsec.template.encrypted_data_ensure_key_info(data, ns="ds")
    wrapped = xmlsec.template.add_encrypted_key(info, xmlsec.Transform.RSA_OAEP)
    xmlsec.template.encrypted_data_ensure_cipher_value(wrapped)
    manager = xmlsec.KeysManager()
    manager.add_key(xmlsec.Key.from_memory(peer().own_certificate, xmlsec.KeyFormat.CERT_PEM, None))
    context = xmlsec.EncryptionContext(manager)
    context.key = xmlsec.Key.generate(xmlsec.KeyData.AES, 256, xmlsec.KeyDataType.SESSION)
    context.encrypt_xml(data, signed)
    return response


def test_an_encrypted_assertion_is_read_and_has_to_be_signed_too() -> None:
    assert read_answer(peer(), sent(encrypted(document()))).vouched.subject == "ada"
    unsigned = etree.fromstring(base64.b64decode(answered(key="")))
    with pytest.raises(NotVouched):
        read_answer(peer(), sent(encrypted(unsigned)))
