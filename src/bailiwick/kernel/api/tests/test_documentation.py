"""The OpenAPI document says what the server does, and its pages need no other host."""

import re
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def real_addresses(addresses: None, settings: Any) -> None:
    settings.ROOT_URLCONF = "bailiwick.config.urls"


def test_the_schema_is_yaml_or_json(anybody: Client) -> None:
    assert anybody.get("/api/schema/")["Content-Type"].startswith("application/vnd.oai.openapi;")
    assert anybody.get("/api/schema/", {"format": "json"}).json()["openapi"].startswith("3.")
    assert anybody.get("/api/schema", headers={"Accept": "application/json"}).json()["info"]["title"] == "Bailiwick"


def test_every_operation_documents_its_problems_and_each_address_stands_once(anybody: Client) -> None:
    schema = anybody.get("/api/schema/", {"format": "json"}).json()
    operations = [each for methods in schema["paths"].values() for each in methods.values()]
    assert operations and all("4XX" in each["responses"] for each in operations)
    assert "/api/auth/token/" in schema["paths"] and "/api/auth/token" not in schema["paths"]
    assert schema["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert "security" not in schema["paths"]["/api/auth/token/"]["post"]


@pytest.mark.parametrize("address", ["/api/docs/", "/api/redoc/"])
def test_the_pages_ask_no_other_host_and_run_no_inline_script(anybody: Client, address: str) -> None:
    response = anybody.get(address)
    text = response.content.decode()
    assert response.status_code == 200
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", text)
    assert not re.findall(r"<script>", text)
