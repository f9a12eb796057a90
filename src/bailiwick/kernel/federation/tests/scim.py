"""A directory's program that speaks SCIM, for tests."""

import json
from typing import Any

from django.test import Client

from bailiwick.kernel.identity.models import Member
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.testing.clients import with_key
from bailiwick.kernel.testing.factories import new_member

BASE = "/api/scim/v2"
CORE = "urn:ietf:params:scim:schemas:core:2.0"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


class Directory:
    """What a directory of an organisation calls; `ok` refuses any other status."""

    def __init__(self, organization: Organization) -> None:
        self.organization = organization
        self.program: Member = new_member(organization, "directory", kind="program")
        self.client: Client = with_key(self.program)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        text = "" if body is None else json.dumps(body)
        return self.client.generic(method, BASE + path, text, "application/scim+json", headers=headers)

    def ok(self, method: str, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
        answer = self.call(method, path, body, **headers)
        assert answer.status_code == status, answer.content
        return answer.json() if answer.content else None

    def add_user(self, user_name: str, **attributes: Any) -> dict[str, Any]:
        return self.ok("POST", "/Users", {"schemas": [f"{CORE}:User"], "userName": user_name} | attributes, 201)  # type: ignore[no-any-return]

    def add_group(self, name: str, *members: str) -> dict[str, Any]:
        given = {"schemas": [f"{CORE}:Group"], "displayName": name, "members": [{"value": each} for each in members]}
        return self.ok("POST", "/Groups", given, 201)  # type: ignore[no-any-return]

    def patch(self, path: str, *operations: dict[str, Any], status: int = 200, **headers: str) -> Any:
        return self.ok("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)}, status, **headers)

    def found(self, path: str, filter: str, **query: Any) -> list[Any]:
        answer = self.client.get(BASE + path, {"filter": filter, **query})
        assert answer.status_code == 200, answer.content
        return [each.get("userName") or each.get("displayName") for each in answer.json()["Resources"]]

    def refusal(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, str | None]:
        answer = self.call(method, path, body, **headers)
        assert answer["Content-Type"] == "application/scim+json", answer.content
        document = answer.json()
        assert document["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
        assert document["status"] == str(answer.status_code)
        return answer.status_code, document.get("scimType")
