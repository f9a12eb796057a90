"""A SAML identity provider that signs, and whose answers a test can spoil in one way."""

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils as Utils

from bailiwick.kernel.federation.gateways.saml import make_own_key

ASSERTION = """<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Version="2.0" ID="{assertion}"
 IssueInstant="{now}"><saml:Issuer>{issuer}</saml:Issuer><saml:Subject><saml:NameID
 Format="{format}">{subject}</saml:NameID>{confirmation}</saml:Subject><saml:Conditions NotBefore="{begins}"
 NotOnOrAfter="{ends}">{audience}</saml:Conditions><saml:AuthnStatement AuthnInstant="{proved}"><saml:AuthnContext>
<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>
</saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>{attributes}</saml:AttributeStatement>
</saml:Assertion>"""
RESPONSE = """{before}<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
 xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" Version="2.0" ID="{response}" IssueInstant="{now}"
 {answering} Destination="{destination}"><saml:Issuer>{issuer}</saml:Issuer><samlp:Status><samlp:StatusCode
 Value="urn:oasis:names:tc:SAML:2.0:status:{status}"/></samlp:Status>{content}</samlp:Response>"""
CONFIRMATION = """<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
<saml:SubjectConfirmationData {values}/></saml:SubjectConfirmation>"""
UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"


def saml_time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class SamlProvider:
    entity_id: str = "https://sign-in.example.com/saml"
    sign_in_url: str = "https://sign-in.example.com/saml/sso"
    key: str = ""
    certificate: str = ""
    attributes: dict[str, list[str]] = field(
        default_factory=lambda: {"mail": ["ada@example.com"], "displayName": ["Ada"], "groups": ["reviewers"]}
    )

    def __post_init__(self) -> None:
        self.key, self.certificate = make_own_key("The provider")

    def asked(self, url: str) -> tuple[str, str, str]:
        """What a browser that was sent here brings: the request's id, where to answer, and the relay state."""
        query = parse_qs(urlsplit(url).query)
        request = etree.fromstring(Utils.decode_base64_and_inflate(query["SAMLRequest"][0]))
        return request.get("ID"), request.get("AssertionConsumerServiceURL"), query["RelayState"][0]

    def answer(self, request_id: str, answer_url: str, audience: str, /, **spoiled: Any) -> str:
        """The answer as the browser posts it; `spoiled` replaces a part."""
        return base64.b64encode(self.document(request_id, answer_url, audience, **spoiled)).decode()

    def document(self, request_id: str, answer_url: str, audience: str, /, **spoiled: Any) -> bytes:
        moment = datetime.now(UTC)
        values = {
            "assertion": f"_{uuid4().hex}",
            "response": f"_{uuid4().hex}",
            "now": saml_time(moment),
            "proved": saml_time(moment),
            "begins": saml_time(moment - timedelta(minutes=1)),
            "ends": saml_time(moment + timedelta(minutes=5)),
            "issuer": self.entity_id,
            "subject": "ada",
            "format": UNSPECIFIED,
            "audience": f"<saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience>"
            "</saml:AudienceRestriction>",
            "recipient": answer_url,
            "destination": answer_url,
            "answering": f'InResponseTo="{request_id}"',
            "status": "Success",
            "before": "",
            "key": self.key,
            "attributes": "".join(
                f'<saml:Attribute Name="{name}">'
                + "".join(f"<saml:AttributeValue>{each}</saml:AttributeValue>" for each in found)
                + "</saml:Attribute>"
                for name, found in self.attributes.items()
            ),
        } | spoiled
        stated = {"Recipient": values["recipient"], "InResponseTo": request_id, "NotOnOrAfter": values["ends"]}
        stated |= spoiled.get("confirmed", {})
        given = " ".join(f'{name}="{value}"' for name, value in stated.items() if value is not None)
        values["confirmation"] = CONFIRMATION.format(values=given)
        values["content"] = ASSERTION.format(**values)
        if values["key"]:
            values["content"] = self.sign(values["content"], values["key"])
        return RESPONSE.format(**values).encode()

    def sign(self, element: str, key: str) -> str:
        signed = Utils.add_sign(element, key, self.certificate)
        return (signed.decode() if isinstance(signed, bytes) else signed).removeprefix("<?xml version='1.0'?>")

    def metadata(self) -> str:
        certificate = "".join(self.certificate.splitlines()[1:-1])
        return f"""<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{self.entity_id}">
<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><md:KeyDescriptor use="signing">
<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>{certificate}
</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:SingleSignOnService
 Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{self.sign_in_url}"/>
</md:IDPSSODescriptor></md:EntityDescriptor>"""
