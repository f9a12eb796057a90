"""What operators see of an organisation with a row in every table, beside another one of the same kind."""

import pytest
from django.test import Client

from bailiwick.kernel.identity.models import User
from bailiwick.kernel.operators.tests.operating import entered, operator_client, told
from bailiwick.kernel.operators.web.tables import TABLES as SHOWN
from bailiwick.kernel.tenancy.scope import enter
from tests.worlds import World, contents

pytestmark = pytest.mark.django_db

TABLES = "/operators/tables/"


@pytest.fixture
def client(db: None) -> Client:
    return operator_client()


def test_every_table_is_shown_and_no_row_of_another_organisation(client: Client, mine: World, theirs: World) -> None:
    entered(client, mine.organization)
    seen = 0
    for table, rows in SHOWN.items():
        with enter(mine.organization.id):
            first = rows.get_queryset(None).first()
        page = client.get(f"{TABLES}{table}/").content.decode()
        assert theirs.mark not in page and theirs.organization.name not in page, table
        assert not {key for key in theirs.keys if key in page}, table
        if first is None:
            continue
        assert str(first.pk) in page, table
        row = client.get(f"{TABLES}{table}/{first.pk}/")
        assert row.status_code == 200, table
        assert theirs.mark not in row.content.decode(), table
        seen += 1
    assert seen > 40


def test_a_row_of_another_organisation_is_not_found_by_its_key(client: Client, mine: World, theirs: World) -> None:
    entered(client, mine.organization)
    for table, key in (
        ("predictions_prediction", theirs.held.id),
        ("identity_member", theirs.everybody.id),
        ("identity_user", theirs.everybody.user_id),
        ("tenancy_organization", theirs.organization.id),
    ):
        assert client.get(f"{TABLES}{table}/{key}/").status_code == 404
    assert client.get(f"{TABLES}predictions_prediction/{mine.held.id}/").status_code == 200
    assert not told(theirs.organization.id, "operators.row.seen")


def test_what_identifies_or_opens_is_not_shown(client: Client, mine: World) -> None:
    entered(client, mine.organization)
    user = User.objects.get(id=mine.everybody.user_id)
    User.objects.filter(id=user.id).update(email="olive@example.org")
    page = client.get(f"{TABLES}identity_user/{user.id}/").content.decode()
    assert user.username in page
    assert user.password not in page and "olive@example.org" not in page
    hidden = {"password", "email", "digest", "secret", "salt", "key", "attributes", "organization", "content_digest"}
    for table in (
        "identity_user",
        "identity_apikey",
        "federation_provider",
        "tenancy_organizationsecret",
        "audit_event",
    ):
        assert not hidden & set(SHOWN[table].columns)
    assert "attributes" not in SHOWN["federation_directoryuser"].columns


def test_filters_in_the_address_find_nothing_out(client: Client, mine: World) -> None:
    entered(client, mine.organization)
    assert client.get(f"{TABLES}identity_user/?password__startswith=s").status_code == 400
    assert client.get(f"{TABLES}identity_member/?o=2").status_code == 200
    assert client.get(f"{TABLES}no_such_table/").status_code == 404


def test_nothing_is_changed_whatever_is_sent(client: Client, mine: World) -> None:
    entered(client, mine.organization)
    before = contents(mine)
    for address in (TABLES, f"{TABLES}identity_member/", f"{TABLES}identity_member/{mine.everybody.id}/"):
        for method in ("post", "put", "patch", "delete"):
            sent = {"name": "Somebody else", "action": "delete_selected", "_selected_action": str(mine.everybody.id)}
            assert getattr(client, method)(address, sent).status_code == 405
    assert contents(mine) == before


def test_every_list_and_row_that_was_seen_is_on_record(client: Client, mine: World) -> None:
    entered(client, mine.organization)
    client.get(f"{TABLES}identity_member/")
    client.get(f"{TABLES}identity_member/{mine.everybody.id}/")
    client.get(f"{TABLES}identity_member/{mine.organization.id}/")  # no such row
    [seen] = told(mine.organization.id, "operators.list.seen")
    assert (seen.data["table"], seen.data["page"]) == ("identity_member", "1")
    [row] = told(mine.organization.id, "operators.row.seen")
    assert (row.subject_type, row.subject_id) == ("identity.member", mine.everybody.id)
    assert row.data["operator"] == "Olga Orlow"
    assert row.member_id is None
