"""SAML 2.0 Web Browser SSO (saml-profiles-2.0-os, section 4.1), begun here and in no other way.

python3-saml checks what it finds; what may be missing for it has to be there for us: the request that is answered,
the audience, the recipient and the end of the confirmation, and a signature of the assertion itself.
"""

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from onelogin.saml2.authn_request import OneLogin_Saml2_Authn_Request as AuthnRequest
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Names
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser as MetadataParser
from onelogin.saml2.response import OneLogin_Saml2_Response as Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings as Settings
from onelogin.saml2.utils import OneLogin_Saml2_Utils as Utils
from onelogin.saml2.xml_utils import OneLogin_Saml2_XML as Xml

from bailiwick.kernel.federation.errors import NotVouched
from bailiwick.kernel.federation.values import Asserted, Journey, SamlPeer, Vouched

LARGEST = 512 * 1024
"""Characters of an answer, as it is sent."""
LONGEST_LIFE = 3600
"""Seconds for which an assertion may be used at most, whatever it says of itself."""
SIGNATURES = {
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
}
TRANSFORMS = {
    "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
    "http://www.w3.org/2001/10/xml-exc-c14n#",
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
}
"""None that computes something."""
MAIL = ("email", "mail", "urn:oid:0.9.2342.19200300.100.1.3", "emailaddress", "EmailAddress", "user.email")
NAME = ("displayName", "urn:oid:2.16.840.1.113730.3.1.241", "name", "cn")
NAMES = (("givenName", "firstName", "urn:oid:2.5.4.42", "givenname"), ("sn", "lastName", "urn:oid:2.5.4.4", "surname"))
MICROSOFT = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
MOST_GROUPS, LONGEST = 1000, 500


def describe(peer: SamlPeer) -> str:
    """Our metadata, for the administrator of the provider."""
    settings = _settings(peer, sp_only=True)
    return settings.get_sp_metadata().decode()


def begin(peer: SamlPeer, relay_state: str, *, is_again: bool = False) -> Journey:
    """Where to send the browser, and what its session has to keep; `is_again` asks for a new proof."""
    request = AuthnRequest(_settings(peer), force_authn=is_again)
    query = urlencode({"SAMLRequest": request.get_request(), "RelayState": relay_state})
    joined = "&" if urlsplit(peer.sign_in_url).query else "?"
    kept = {"request": request.get_id(), "relay": relay_state}
    return Journey(f"{peer.sign_in_url}{joined}{query}", kept)


def read_answer(peer: SamlPeer, answer: str) -> Asserted:
    """What an answer asserts; raises NotVouched. That this browser asked for it, and that it is new, is to be seen."""
    if not answer or len(answer) > LARGEST:
        raise NotVouched("size")
    try:
        response = Response(_settings(peer), answer)
        _check_signatures(response)
        response.is_valid(_received_at(peer), raise_exceptions=True)
        ends = _check_confirmation(response, peer)
        return Asserted(_vouched(response, peer), response.get_in_response_to(), response.get_assertion_id(), ends)
    except NotVouched:
        raise
    except (OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError) as refusal:
        raise NotVouched(str(refusal)[:200]) from refusal
    except Exception as failure:  # a stranger's XML: whatever breaks on it proves nobody
        raise NotVouched(f"not readable ({type(failure).__name__})") from failure


def _check_signatures(response: Response) -> None:
    """Only plain ways of signing one element of its own, and no two elements of one name."""
    document = response.get_xml_document()
    ids = [each for name in ("ID", "Id", "id") for each in document.xpath(f"//@{name}")]
    if len(ids) != len(set(ids)):
        raise NotVouched("two elements have one ID")
    for signature in Xml.query(document, "//ds:Signature"):
        references = Xml.query(signature, "./ds:SignedInfo/ds:Reference")
        if len(references) != 1 or references[0].get("URI") != "#" + signature.getparent().get("ID", ""):
            raise NotVouched("the signature is not of its own element")
        [method] = Xml.query(signature, "./ds:SignedInfo/ds:SignatureMethod")
        ways = {each.get("Algorithm") for each in Xml.query(signature, ".//ds:Transform")}
        if method.get("Algorithm") not in SIGNATURES or not ways <= TRANSFORMS:
            raise NotVouched("the way of signing is not taken")


def _check_confirmation(response: Response, peer: SamlPeer) -> int:
    """What has to be there; the moment after which the assertion is worth nothing (saml-profiles, 4.1.4.2)."""
    request_id = response.get_in_response_to()
    if not request_id:
        raise NotVouched("nobody asked")
    if peer.own_entity_id not in response.get_audiences():
        raise NotVouched("audience")
    destination = response.document.get("Destination")
    if destination is not None and destination != peer.own_answer_url:
        raise NotVouched("destination")
    moment, ends = int(time.time()), 0
    for confirmation in response._query_assertion("/saml:Subject/saml:SubjectConfirmation"):
        data = confirmation.find("saml:SubjectConfirmationData", namespaces=Names.NSMAP)
        if confirmation.get("Method") != Names.CM_BEARER or data is None:
            continue
        if data.get("Recipient") != peer.own_answer_url or data.get("InResponseTo") != request_id:
            continue
        if data.get("NotOnOrAfter"):
            ends = max(ends, Utils.parse_SAML_to_time(data.get("NotOnOrAfter")))
    if ends <= moment:
        raise NotVouched("confirmation")
    return min(ends, moment + LONGEST_LIFE)


def _vouched(response: Response, peer: SamlPeer) -> Vouched:
    attributes = response.get_attributes()
    if response.get_nameid_format() == Names.NAMEID_TRANSIENT:
        raise NotVouched("the NameID is transient: it is another one each time")
    subject = response.get_nameid() or ""
    names = " ".join(filter(None, (_first(attributes, each) for each in NAMES)))
    mail = _first(attributes, MAIL)
    if not mail and response.get_nameid_format() == Names.NAMEID_EMAIL_ADDRESS:
        mail = subject
    groups = attributes.get(peer.group_claim, []) if peer.group_claim else []
    kept = [group for group in groups[:MOST_GROUPS] if isinstance(group, str) and len(group) <= LONGEST]
    [statement] = response._query_assertion("/saml:AuthnStatement")
    return Vouched(
        subject=subject,
        name=_first(attributes, NAME) or names,
        email=mail,
        groups=tuple(dict.fromkeys(kept)),
        proved_at=int(Utils.parse_SAML_to_time(statement.get("AuthnInstant"))),
    )


def _first(attributes: Mapping[str, list[Any]], names: tuple[str, ...]) -> str:
    for name in (*names, *(MICROSOFT + name for name in names)):
        for value in attributes.get(name, []):
            if isinstance(value, str):
                return value
    return ""


def _received_at(peer: SamlPeer) -> dict[str, str]:
    parts = urlsplit(peer.own_answer_url)
    return {
        "https": "on" if parts.scheme == "https" else "off",
        "http_host": parts.netloc,
        "script_name": parts.path,
    }


def _settings(peer: SamlPeer, *, sp_only: bool = False) -> Settings:
    given = {
        "strict": True,
        "debug": False,
        "sp": {
            "entityId": peer.own_entity_id,
            "assertionConsumerService": {"url": peer.own_answer_url, "binding": Names.BINDING_HTTP_POST},
            "NameIDFormat": Names.NAMEID_UNSPECIFIED,
            "x509cert": peer.own_certificate,
            "privateKey": peer.own_key,
        },
        "idp": {
            "entityId": peer.entity_id,
            "singleSignOnService": {"url": peer.sign_in_url, "binding": Names.BINDING_HTTP_REDIRECT},
            "x509certMulti": {"signing": list(peer.certificates)},
        },
        "security": {
            "wantAssertionsSigned": True,
            "wantAttributeStatement": False,
            "rejectDeprecatedAlgorithm": True,
            "requestedAuthnContext": False,
            "allowSingleLabelDomains": True,
            "allowRepeatAttributeName": True,
        },
    }
    return Settings(given, sp_validation_only=sp_only)


def make_own_key(name: str) -> tuple[str, str]:
    """A key and its certificate, PEM, with which a provider may encrypt what it tells us."""
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    begins = datetime.now(UTC) - timedelta(hours=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode()


def read_metadata(text: str) -> dict[str, Any]:
    """Entity, address and certificates of a provider as its metadata tell them; raises ValueError for anything else."""
    try:
        told = MetadataParser.parse(text).get("idp", {})
        found = told.get("x509certMulti", {}).get("signing") or [told["x509cert"]]
        certificates = [Utils.format_cert(each) for each in found]
        for certificate in certificates:
            x509.load_pem_x509_certificate(certificate.encode())
        return {
            "entity_id": told["entityId"],
            "sign_in_url": told["singleSignOnService"]["url"],
            "certificates": certificates,
        }
    except Exception as failure:  # a stranger's XML: whatever breaks on it is no metadata
        raise ValueError("not the metadata of a provider") from failure


def certificate_ends(certificate: str) -> datetime:
    return x509.load_pem_x509_certificate(certificate.encode()).not_valid_after_utc
