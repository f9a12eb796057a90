"""What passes between the rooms."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Vouched:
    """What a provider said of somebody. `subject` is who they are to it, for good; the rest may change.

    `proved_at` is when they proved to it who they are (Unix time), 0 where it does not tell.
    """

    subject: str
    name: str
    email: str = ""
    groups: tuple[str, ...] = ()
    proved_at: int = 0


@dataclass(frozen=True, slots=True)
class OidcClient:
    """How we are known to an OpenID provider. `group_claim` names the claim with groups, dots lead into objects."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str
    group_claim: str = ""


@dataclass(frozen=True, slots=True)
class SamlPeer:
    """A SAML identity provider, and how we are known to it; certificates and key are PEM.

    `group_claim` and `mail_claim` name attributes; without the latter the usual names are looked for.
    """

    entity_id: str
    sign_in_url: str
    certificates: tuple[str, ...]
    own_entity_id: str
    own_answer_url: str
    own_certificate: str
    own_key: str
    group_claim: str = ""


@dataclass(frozen=True, slots=True)
class Journey:
    """What the browser's session keeps between the way to the provider and the way back; `url` is where to go."""

    url: str
    kept: dict[str, str]


@dataclass(frozen=True, slots=True)
class Asserted:
    """What a SAML answer said, to which request, under which number, and until when it may be used (Unix time)."""

    vouched: Vouched
    request_id: str
    assertion_id: str
    ends: int


@dataclass(frozen=True, slots=True)
class Link:
    """A group that somebody is in, or somebody who is in a group."""

    id: UUID
    is_group: bool
    name: str = ""
