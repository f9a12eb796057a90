"""SCIM 2.0 (RFC 7643, RFC 7644): what this service announces, takes and gives."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from pydantic import Field
from scim2_models import (
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    ETag,
    Filter,
    InvalidValueException,
    Mutability,
    Patch,
    Reference,
    ResourceType,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    User,
)
from scim2_models.resources.enterprise_user import EnterpriseUser as StrictEnterpriseUser
from scim2_models.resources.enterprise_user import Manager as StrictManager
from scim2_models.resources.group import Group as PlainGroup

if TYPE_CHECKING:
    from bailiwick.kernel.federation.models import DirectoryGroup, DirectoryUser
    from bailiwick.kernel.federation.values import Link

MOST = 200
"""Resources in one answer."""
MOST_MEMBERS = 20_000
LONGEST = 200
"""Characters of a userName."""
MOST_SIGNS = 500
"""Characters of an externalId."""


class Manager(StrictManager):
    """Directories tell the manager's id, and leave out the address that goes with it."""

    value: Annotated[str | None, CaseExact.true] = None
    ref: Reference["User"] | None = Field(None, serialization_alias="$ref", validation_alias="$ref")  # type: ignore[type-arg]


class EnterpriseUser(StrictEnterpriseUser):
    """Enterprise User"""

    manager: Manager | None = None


class GroupMember(ComplexAttribute):
    """A member as RFC 7643, section 8.7.1, has it: what it is called is read where it stands."""

    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    ref: Annotated[Reference[User | PlainGroup] | None, Mutability.immutable] = Field(  # type: ignore[type-arg]
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User", "Group"])


class Group(PlainGroup):
    """Group"""

    members: list[GroupMember] | None = None  # type: ignore[assignment]


Person = User[EnterpriseUser]

LENIENT = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore,
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)
"""What large directories send beside the letter of the standard is understood where it can mean one thing only."""

SERVICE = ScimProvider(
    models=[User, EnterpriseUser, Group],
    resource_types=[ResourceType.from_resource(Person), ResourceType.from_resource(Group)],
    config=ServiceProviderConfig(
        patch=Patch(supported=True),
        bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
        filter=Filter(supported=True, max_results=MOST),
        change_password=ChangePassword(supported=False),
        sort=Sort(supported=False),
        etag=ETag(supported=True),
        authentication_schemes=[
            AuthenticationScheme(
                type=AuthenticationScheme.Type.oauthbearertoken,
                name="API key",
                description="A key of a program that may keep people and groups, as a bearer token.",
                primary=True,
            )
        ],
    ),
    policy=LENIENT,
)

OWN = ("schemas", "id", "externalId", "meta", "userName", "active", "groups", "password")
"""Attributes with columns of their own, and those that are not kept."""


def clean_name(given: str | None) -> str:
    """A userName or displayName in the one form in which it is stored; raises InvalidValueException.

    What looks like another name, or is not to be seen, is refused: letters in another width, marks of direction,
    control characters (as PRECIS does, RFC 8265).
    """
    name = unicodedata.normalize("NFC", given or "").strip()
    is_plain = unicodedata.normalize("NFKC", name) == name and name.isprintable()
    if not name or len(name) > LONGEST or not is_plain:
        raise InvalidValueException(detail=f"A name has 1 to {LONGEST} plain characters.")
    return name


def kept_attributes(person: Person) -> dict[str, Any]:
    """What of a person is kept as it came."""
    return {name: value for name, value in person.model_dump().items() if name not in OWN}


def full_name(attributes: Mapping[str, Any], user_name: str) -> str:
    """How a person is called here: displayName, else the name that they are written by, else userName."""
    name = attributes.get("name") or {}
    parts = (name.get("givenName"), name.get("familyName"))
    written = name.get("formatted") or " ".join(part for part in parts if part)
    return _one_line(attributes.get("displayName") or written or user_name)[:LONGEST] or user_name


def mail_address(attributes: Mapping[str, Any]) -> str:
    """The primary address, else the first."""
    emails = [email for email in attributes.get("emails") or () if email.get("value")]
    primary = next((email for email in emails if email.get("primary")), emails[0] if emails else {})
    return str(primary.get("value", ""))


def written_name(attributes: Mapping[str, Any]) -> tuple[str, str]:
    """Given and family name."""
    name = attributes.get("name") or {}
    return _one_line(name.get("givenName") or "")[:150], _one_line(name.get("familyName") or "")[:150]


def department(attributes: Mapping[str, Any]) -> str:
    return _one_line((attributes.get(str(EnterpriseUser.__schema__)) or {}).get("department") or "")[:100]


def clean_reference(given: str | None) -> str:
    """An externalId, which is the directory's own; raises InvalidValueException where it is too long."""
    if given and len(given) > MOST_SIGNS:
        raise InvalidValueException(detail=f"externalId has at most {MOST_SIGNS} characters.")
    return given or ""


def read_id(given: str | None) -> UUID:
    """The id of a member of a group; raises InvalidValueException."""
    try:
        return UUID(given)
    except (ValueError, TypeError, AttributeError) as failure:
        raise InvalidValueException(detail="A member of the group is not known here.") from failure


def person_of(row: "DirectoryUser", *, is_active: bool, groups: Iterable["Link"] = ()) -> Person:
    """A person as the directory reads them."""
    inside = [{"value": str(group.id), "display": group.name, "type": "direct"} for group in groups]
    return Person.model_validate(
        {
            **row.attributes,
            **_common(row, Person, "User"),
            "userName": row.user_name,
            "active": is_active,
            "groups": inside or None,
        }
    )


def group_of(row: "DirectoryGroup", members: Iterable["Link"] = ()) -> Group:
    """A group as the directory reads it."""
    inside = [{"value": str(each.id), "type": "Group" if each.is_group else "User"} for each in members]
    return Group.model_validate(
        {**_common(row, Group, "Group"), "displayName": row.display_name, "members": inside or None}
    )


def _common(row: "DirectoryUser | DirectoryGroup", model: type[Any], name: str) -> dict[str, Any]:
    meta = {
        "resourceType": name,
        "created": row.created_at,
        "lastModified": row.changed_at,
        "version": tag(row.version),
    }
    extensions = [urn for urn in model.get_extension_models() if urn in getattr(row, "attributes", ())]
    schemas = [str(model.__schema__), *extensions]
    return {"schemas": schemas, "id": str(row.id), "externalId": row.external_id or None, "meta": meta}


def tag(version: int) -> str:
    """The entity tag of a version (RFC 7644, section 3.14)."""
    return f'W/"{version}"'


def _one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
