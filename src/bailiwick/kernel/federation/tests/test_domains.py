"""Proving that a mail domain is the organisation's own."""

import pytest
from django.db import connection
from django.urls import reverse

from bailiwick.kernel.audit.models import Event
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.errors import InvalidInput
from bailiwick.kernel.federation.actions.domains import add_domain, check_domain, remove_domain, verify_domain
from bailiwick.kernel.federation.errors import DomainTaken, NoNameServer, RecordNotFound
from bailiwick.kernel.federation.gateways import dns
from bailiwick.kernel.federation.models import Domain
from bailiwick.kernel.federation.queries.providers import is_verified
from bailiwick.kernel.federation.rules.vouching import read_domain, read_mail, read_name, read_subject
from bailiwick.kernel.federation.tests.houses import keeper_of
from bailiwick.kernel.federation.tests.peers.names import NameServer
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import with_session
from bailiwick.kernel.testing.factories import actor_for, new_member

pytestmark = pytest.mark.django_db


def claim(organization: Organization, name: str = "example.com") -> Domain:
    with enter(organization.id):
        return add_domain(actor=actor_for(keeper_of(organization)), name=name)


def publish(names: NameServer, domain: Domain) -> None:
    names.texts.setdefault(f"_bailiwick.{domain.name}", []).append(domain.token)


def verify(organization: Organization, domain: Domain) -> Domain:
    with enter(organization.id):
        return verify_domain(actor=actor_for(keeper_of(organization)), domain_id=domain.id)


def test_a_domain_is_added_and_proved_by_its_record(organization: Organization, name_server: NameServer) -> None:
    client = with_session(keeper_of(organization))
    assert "No domain yet" in client.get("/settings/domains/").content.decode()
    place = client.post("/settings/domains/new/", {"name": " Example.COM. "})["Location"]
    page = client.get(place).content.decode()
    with enter(organization.id):
        domain = Domain.objects.get(name="example.com")
    assert domain.token in page and "_bailiwick.example.com" in page
    assert client.post(place).status_code == 409
    publish(name_server, domain)
    assert client.post(place).status_code == 302
    assert "Proved" in client.get("/settings/domains/").content.decode()
    with enter(organization.id):
        assert is_verified("example.com") and not is_verified("sub.example.com")
    assert client.post(f"{place}remove/").status_code == 302
    with enter(organization.id):
        assert not is_verified("example.com")


@pytest.mark.parametrize(
    "name", ["", "example", "ex ample.com", "-a.com", "a..com", "éxample.com", "1.2.3.4", "a@b.com"]
)
def test_what_is_no_domain_is_refused(organization: Organization, name: str) -> None:
    answer = with_session(keeper_of(organization)).post("/settings/domains/new/", {"name": name})
    assert answer.status_code == 422


def test_another_ones_record_proves_nothing(
    organization: Organization, other_organization: Organization, name_server: NameServer
) -> None:
    theirs, ours = claim(other_organization), claim(organization)
    publish(name_server, theirs)
    with pytest.raises(RecordNotFound):
        verify(organization, ours)


def test_a_domain_is_one_organisations(
    organization: Organization, other_organization: Organization, name_server: NameServer
) -> None:
    ours, theirs = claim(organization), claim(other_organization)
    publish(name_server, ours)
    publish(name_server, theirs)
    verify(organization, ours)
    with pytest.raises(DomainTaken):
        verify(other_organization, theirs)
    with enter(organization.id):
        remove_domain(actor=actor_for(keeper_of(organization)), domain_id=ours.id)
    assert verify(other_organization, theirs).verified_at


def test_a_name_server_that_is_silent_changes_nothing(
    organization: Organization, name_server: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    domain = claim(organization)
    monkeypatch.setattr(dns, "SECONDS", 0.3)
    name_server.is_away = True
    with pytest.raises(NoNameServer):
        verify(organization, domain)


def look(organization: Organization, domain: Domain) -> Domain:
    with enter(organization.id):
        check_domain(ActorRef(organization.id, None, "job"), domain.id)
        return Domain.objects.get(id=domain.id)


def age(organization: Organization, days: int) -> None:
    with enter(organization.id), connection.cursor() as cursor:
        cursor.execute("UPDATE federation_domain SET checked_at = now() - make_interval(days => %s)", [days])


def test_a_record_that_is_missing_for_a_week_takes_the_domain_away(
    organization: Organization, name_server: NameServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    domain = claim(organization)
    publish(name_server, domain)
    verify(organization, domain)
    name_server.texts.clear()
    age(organization, 6)
    assert look(organization, domain).verified_at, "six days are not yet a week"
    age(organization, 8)
    monkeypatch.setattr(dns, "SECONDS", 0.3)
    name_server.is_away = True
    assert look(organization, domain).verified_at, "silence proves nothing"
    name_server.is_away = False
    assert look(organization, domain).verified_at is None
    with enter(organization.id):
        assert Event.objects.filter(verb="federation.domain.lost").count() == 1


def test_a_record_that_is_there_counts_anew(organization: Organization, name_server: NameServer) -> None:
    domain = claim(organization)
    publish(name_server, domain)
    verify(organization, domain)
    age(organization, 8)
    look(organization, domain)
    name_server.texts.clear()
    assert look(organization, domain).verified_at


def test_a_domain_stands_once_in_the_list(organization: Organization) -> None:
    claim(organization)
    with pytest.raises(InvalidInput):
        claim(organization, "EXAMPLE.com")


def test_only_whoever_keeps_the_sign_in_sees_domains(organization: Organization) -> None:
    domain, client = claim(organization), with_session(new_member(organization, "reviewer"))
    place = reverse("federation:domain", args=[domain.id])
    for path in ("/settings/domains/", "/settings/domains/new/", place):
        assert client.get(path).status_code == 403
    for path in ("/settings/domains/new/", place, f"{place}remove/"):
        assert client.post(path, {"name": "other.example"}).status_code == 403


def test_an_address_is_read_in_ascii_alone() -> None:
    assert read_mail(" Ada.L+x@Example.COM. ") == ("ada.l+x@example.com", "example.com")
    for text in (
        "аda@example.com",
        "ada@exаmple.com",
        "ada@ｅxample.com",
        "ada",
        "@example.com",
        "a b@example.com",
        "a@@b.com",
    ):
        assert read_mail(text) == ("", ""), text
    assert read_domain("xn--bcher-kva.example") == "xn--bcher-kva.example"


def test_a_name_has_nothing_in_it_that_is_not_seen() -> None:
    assert read_name(" Ada\u202e \u0000Love\nlace\u200b ") == "Ada Love lace"
    assert len(read_name("x" * 900)) == 150


def test_a_subject_is_taken_whole_or_not_at_all() -> None:
    assert read_subject("Ada | 1") == "Ada | 1"
    assert [read_subject(text) for text in ("", "a\x00", "a\u202e", "x" * 501)] == ["", "", "", ""]
