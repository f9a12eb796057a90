"""Where an organisation takes passkeys alone, every other door is tried; none opens."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from django.test import Client

from bailiwick.kernel.access.actions import write_grant
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.callers import Caller
from bailiwick.kernel.federation.actions.accounts import sign_in_vouched
from bailiwick.kernel.federation.models import Provider
from bailiwick.kernel.federation.values import Vouched
from bailiwick.kernel.identity.actions import add_member
from bailiwick.kernel.identity.choices import Credential, MemberKind, Method, SessionKind
from bailiwick.kernel.identity.errors import MethodNotTaken
from bailiwick.kernel.identity.models import Member, Session, SignInPolicy, Totp, User
from bailiwick.kernel.identity.tests.doors import present_code
from bailiwick.kernel.identity.tests.enrolling import ENROL, by_key, enrolled, live_keys, new_key_manager, register, use
from bailiwick.kernel.jobs.models import Job
from bailiwick.kernel.jobs.tasks import run_job
from bailiwick.kernel.tenancy.models import Organization
from bailiwick.kernel.tenancy.queries import get_installation_id
from bailiwick.kernel.tenancy.scope import enter
from bailiwick.kernel.testing.clients import bearer, session_of, with_key, with_session
from bailiwick.kernel.testing.factories import PASSWORD, new_member
from bailiwick.kernel.testing.passkeys import Authenticator, add_key

CALLER = Caller()
SENTENCE = "another sentence that is long enough"
INSIDE = "/accounts/me/"


@pytest.fixture
def strict(organization: Organization) -> Organization:
    """Takes passkeys and nothing else."""
    with enter(organization.id):
        SignInPolicy.objects.create(methods=[Method.PASSKEY])
    return organization


@pytest.fixture
def member(strict: Organization) -> Member:
    """Somebody with a password, a mail address and every right, as from before the policy."""
    member = new_member(strict, "administrator", "reviewer")
    User.objects.filter(id=str(member.user_id)).update(email="ada@example.org")
    return member


@pytest.fixture
def user(member: Member) -> User:
    return User.objects.get(id=str(member.user_id))


def opens(client: Client) -> bool:
    """Whether anything but the doors opens, as a page or by the API."""
    pages = [client.get(address).status_code for address in (INSIDE, "/", "/people/recoveries/", "/accounts/security/")]
    endpoints = [client.get(address).status_code for address in ("/api/jobs/", "/api/predictions/")]
    assert set(pages) <= {200, 302, 403}, pages
    return 200 in pages or 403 in pages or not set(endpoints) <= {401, 403}


def by_password(user: User, password: str = PASSWORD) -> Client:
    client = Client()
    client.post("/accounts/login", {"login": user.username, "password": password})
    return client


@pytest.mark.django_db
def test_a_passkey_opens(member: Member) -> None:
    """Else all that is shut below would prove nothing."""
    manager = new_key_manager(Organization.objects.get(id=member.organization_id))
    inside, authenticator = enrolled(manager)
    client = by_key(authenticator)
    assert opens(client)
    assert inside.organization_id == member.organization_id


@pytest.mark.django_db
def test_the_password_page_does_not(user: User) -> None:
    client = by_password(user)
    assert not opens(client)
    assert "signed_in" not in client.session


@pytest.mark.django_db
def test_the_code_after_the_password_does_not(user: User) -> None:
    totp = Totp.objects.create(user=user, secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    Totp.objects.filter(id=totp.id).update(confirmed_at=totp.created_at)
    client = by_password(user)
    client.post("/accounts/login/code/", {"code": present_code(totp)})
    assert not opens(client)
    assert "signed_in" not in client.session


@pytest.mark.django_db(transaction=True)
def test_a_new_password_by_mail_does_not(user: User) -> None:
    Client().post("/accounts/password/forgotten/", {"wanted": "ada@example.org"})
    installation_id = get_installation_id()
    with enter(installation_id):
        job = Job.objects.filter(kind="identity.links").latest("submitted_at")
    run_job(str(installation_id), str(job.id))
    address = next(word for word in str(mail.outbox[-1].body).split() if word.startswith("http"))
    client = Client()
    link = parse_qs(urlsplit(address).query)["link"][0]
    assert client.post("/accounts/password/new/", {"link": link, "new_password": SENTENCE}).status_code == 302
    assert not opens(client)
    user.refresh_from_db()
    assert user.check_password(SENTENCE)
    assert not opens(by_password(user, SENTENCE))


@pytest.mark.django_db(transaction=True)
def test_nobody_without_a_password_is_mailed_a_link_to_one(strict: Organization) -> None:
    """A registered person comes in by their key; mail is no second way."""
    register(new_key_manager(strict), email="grace@example.org")
    answer = Client().post("/accounts/password/forgotten/", {"wanted": "grace@example.org"})
    nobody = Client().post("/accounts/password/forgotten/", {"wanted": "nobody@example.org"})
    assert answer.status_code == nobody.status_code == 200
    installation_id = get_installation_id()
    with enter(installation_id):
        jobs = list(Job.objects.filter(kind="identity.links"))
    for job in jobs:
        run_job(str(installation_id), str(job.id))
    assert len(jobs) == 2
    assert mail.outbox == []


@pytest.mark.django_db
@pytest.mark.parametrize("organization_named", [True, False])
def test_the_token_api_does_not(user: User, strict: Organization, organization_named: bool) -> None:
    body = {"username": user.username, "password": PASSWORD}
    if organization_named:
        body["organization"] = strict.slug
    answer = Client().post("/api/auth/token/", body, "application/json")
    assert answer.status_code == 401
    assert "access" not in answer.json()


@pytest.mark.django_db
def test_tokens_from_before_the_policy_do_not(organization: Organization) -> None:
    user = User.objects.get(id=str(new_member(organization, "administrator").user_id))
    pair = (
        Client().post("/api/auth/token/", {"username": user.username, "password": PASSWORD}, "application/json").json()
    )
    assert opens(bearer(pair["access"]))
    with enter(organization.id):
        SignInPolicy.objects.create(methods=[Method.PASSKEY])
    assert not opens(bearer(pair["access"]))
    answer = Client().post("/api/auth/token/refresh/", {"refresh": pair["refresh"]}, "application/json")
    assert answer.status_code == 401


@pytest.mark.django_db
def test_a_browser_from_before_the_policy_does_not(organization: Organization) -> None:
    client = with_session(new_member(organization, "administrator"))
    assert opens(client)
    with enter(organization.id):
        SignInPolicy.objects.create(methods=[Method.PASSKEY])
    assert not opens(client)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", SessionKind.values)
@pytest.mark.parametrize("method", [each for each in Method.values if each != Method.PASSKEY])
def test_whatever_door_makes_a_session_opens_nothing(member: Member, method: str, kind: str) -> None:
    """Of OpenID, SAML and directories alike: they all end in such a session."""
    session = session_of(member, kind, method, is_confined=method == Method.PROVIDER)
    assert not opens(with_session(member, session=session))


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["oidc", "saml", "ldap"])
def test_the_organisations_own_sign_in_does_not(strict: Organization, kind: str) -> None:
    with enter(strict.id):
        provider = Provider.objects.create(kind=kind, name=kind, is_joining=True)
    vouched = Vouched(subject="ada", name="Ada", email="", groups=())
    with pytest.raises(MethodNotTaken):
        sign_in_vouched(
            organization_id=strict.id, provider_id=provider.id, vouched=vouched, caller=CALLER, request_id="r"
        )
    with enter(strict.id):
        assert not Session.objects.exists()


@pytest.mark.django_db
def test_a_session_of_the_other_kind_does_not(member: Member) -> None:
    """An identity of a browser's session is no token, nor the reverse, be its method the right one."""
    browser, token = (session_of(member, kind, Method.PASSKEY) for kind in (SessionKind.BROWSER, SessionKind.TOKEN))
    assert opens(with_session(member, session=browser))
    assert not opens(with_session(member, session=token))
    assert not opens(bearer(str(browser.id)))
    assert not opens(bearer(browser.id.hex))


@pytest.mark.django_db
def test_coming_from_another_organisation_does_not(member: Member, other_organization: Organization) -> None:
    there = ActorRef(other_organization.id, None, Credential.SYSTEM)
    with enter(other_organization.id):
        elsewhere = add_member(there, name="x", kind=MemberKind.PERSON, user_id=member.user_id)
        write_grant(there, elsewhere.id, "reviewer")
    client = with_session(elsewhere)
    assert opens(client)
    assert client.post("/organization/", {"membership": str(member.id)}).status_code == 403
    with enter(member.organization_id):
        assert not Session.objects.exists()
    assert other_organization.name in client.get("/").content.decode()


@pytest.mark.django_db
def test_a_key_that_another_organisation_gave_does_not(member: Member, other_organization: Organization) -> None:
    """A hostile key manager elsewhere lets the person enrol a key: it opens their own organisation."""
    made, authenticator = register(new_key_manager(other_organization)), Authenticator()
    use(made.secret, made.member, authenticator)
    with enter(member.organization_id):
        here = add_member(
            ActorRef(member.organization_id, None, Credential.SYSTEM),
            name="x",
            kind=MemberKind.PERSON,
            user_id=made.member.user_id,
        )
    client = by_key(authenticator)
    assert opens(client)
    assert client.post("/organization/", {"membership": str(here.id)}).status_code == 403
    assert add_key(client, Authenticator()).status_code == 302
    assert {key.only_in for key in live_keys(made.member)} == {other_organization.id}
    with enter(member.organization_id):
        assert not Session.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/admin/", "/admin/login/", "/accounts/signup/", "/api-auth/login/", "/api/users/"]
)
def test_there_is_no_door_besides(user: User, address: str) -> None:
    client = by_password(user)
    assert client.get(address).status_code == 404
    assert client.post(address, {"username": user.username, "password": PASSWORD}).status_code == 404
    assert not opens(client)


@pytest.mark.django_db
def test_neither_a_ticket_seen_nor_one_half_used_does(strict: Organization) -> None:
    made, client = register(new_key_manager(strict)), Client()
    client.get(ENROL, {"ticket": made.secret})
    client.post(f"{ENROL}question/", {"ticket": made.secret})
    client.post(ENROL, {"ticket": made.secret, "name": "x", "answer": "{}"})
    assert not opens(client)
    code = str(User.objects.get(id=str(made.member.user_id)).user_code)
    for password in ("", code, made.secret, "!", "none"):
        client.post("/accounts/login", {"login": code, "password": password})
        assert not opens(client)


@pytest.mark.django_db
def test_showing_again_who_one_is_does_not(member: Member) -> None:
    """Nobody who is outside gets in by the page that asks those inside."""
    client = with_session(member)
    assert client.post("/accounts/again/", {"password": PASSWORD}).status_code in (302, 401)
    assert not opens(client)


@pytest.mark.django_db
def test_a_program_works_by_its_own_rules(strict: Organization) -> None:
    assert opens(with_key(new_member(strict, "submitter", "administrator", kind="program")))


@pytest.mark.django_db
def test_the_one_for_the_day_of_need_comes_in_as_ever(member: Member, user: User) -> None:
    with enter(member.organization_id):
        SignInPolicy.objects.update(break_glass=member)
    assert opens(by_password(user))
