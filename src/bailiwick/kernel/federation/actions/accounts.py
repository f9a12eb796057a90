"""Letting somebody in for whom a provider vouched: to its own organisation, and nowhere else."""

import hashlib
from datetime import UTC, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.timezone import now

from bailiwick.kernel.audit.actions import record
from bailiwick.kernel.base.actors import ActorRef
from bailiwick.kernel.base.callers import Caller
from bailiwick.kernel.federation.actions.groups import apply_groups
from bailiwick.kernel.federation.errors import NotExpected, NotVouched
from bailiwick.kernel.federation.models import Account, Provider, SpentAssertion
from bailiwick.kernel.federation.queries.providers import find_way_in, is_verified
from bailiwick.kernel.federation.rules.vouching import read_mail, read_name, read_subject
from bailiwick.kernel.federation.values import Asserted, Vouched
from bailiwick.kernel.identity.actions import Entered, add_member, open_session
from bailiwick.kernel.identity.choices import Credential, MemberKind, Method, SessionKind
from bailiwick.kernel.identity.errors import MethodNotTaken
from bailiwick.kernel.identity.models import Member, Session, User
from bailiwick.kernel.identity.queries import list_memberships
from bailiwick.kernel.identity.rules.codes import new_code
from bailiwick.kernel.tenancy.scope import enter

CLOCKS_DIFFER = 60
"""Seconds."""


def sign_in_vouched(
    *, organization_id: UUID, provider_id: UUID, vouched: Vouched, caller: Caller, request_id: str
) -> Entered:
    """A session for whom a provider of this organisation vouched: known by their subject, linked, or joining.

    Raises NotVouched, NotExpected, MethodNotTaken.
    """
    with enter(organization_id, request_id=request_id):
        provider = find_way_in(provider_id)
        if provider is None:
            raise NotVouched("the provider was closed")
        account = _account(provider, _cleaned(vouched))
        member = Member.objects.select_related("user").get(id=account.member_id)
        user = member.user
        if user is None or not user.is_active or not member.is_active:
            raise NotExpected("membership ended")
        apply_groups(_house(provider), member_id=member.id, provider_id=provider.id, groups=account.groups)
        membership = next(each for each in list_memberships(user.id) if each.organization_id == organization_id)
        if not membership.takes(Method.PROVIDER):
            raise MethodNotTaken(asked=membership.methods, organization=membership.slug)
        session = open_session(
            user=user,
            membership=membership,
            kind=SessionKind.BROWSER,
            method=Method.PROVIDER,
            is_confined=True,
            provider_id=provider.id,
            agent=caller.agent,
            address=caller.address,
            request_id=request_id,
        )
        _date_proof(session, vouched.proved_at)
        return Entered(user, membership, session)


def _date_proof(session: Session, proved_at: int) -> None:
    """A provider that remembers somebody lets them in by a proof of before; one in the future is one of now."""
    if 0 < proved_at < now().timestamp() - CLOCKS_DIFFER:
        moment = datetime.fromtimestamp(proved_at, UTC)
        Session.objects.filter(id=session.id).update(authenticated_at=moment)


def spend_assertion(*, organization_id: UUID, provider_id: UUID, asserted: Asserted) -> None:
    """Use an assertion up, in the transaction of the sign-in; raises NotVouched for one that was used."""
    digest = hashlib.sha256(asserted.assertion_id.encode()).digest()
    ends = datetime.fromtimestamp(asserted.ends, UTC)
    with enter(organization_id):
        if ends <= now():
            raise NotVouched("expired")
        try:
            with transaction.atomic():
                SpentAssertion.objects.create(provider_id=provider_id, digest=digest, expires_at=ends)
        except IntegrityError as spent:
            raise NotVouched("replayed") from spent


def drop_spent_assertions() -> int:
    """In the organisation in scope: what has run out proves nothing any more."""
    dropped, _by_model = SpentAssertion.objects.filter(expires_at__lt=now()).delete()
    return dropped


def record_refused_sign_in(*, organization_id: UUID, provider_id: UUID, why: str, request_id: str) -> None:
    """For the provider's keepers: what was wrong with an answer of it, once the request has been rolled back."""
    with enter(organization_id, request_id=request_id):
        actor = ActorRef(organization_id, None, Credential.SYSTEM)
        record(actor, "federation.sign_in.refused", Provider(id=provider_id), {"why": why[:200]})


def _house(provider: Provider) -> ActorRef:
    """The organisation's own sign-in, which nobody is."""
    return ActorRef(provider.organization_id, None, Credential.SYSTEM)


def _cleaned(vouched: Vouched) -> Vouched:
    subject = read_subject(vouched.subject)
    if not subject:
        raise NotVouched("subject")
    mail, domain = read_mail(vouched.email)
    mail = mail if domain and is_verified(domain) else ""
    groups = tuple(group for group in vouched.groups if read_subject(group))
    return Vouched(subject, read_name(vouched.name) or mail or read_name(subject), mail, groups)


def _account(provider: Provider, vouched: Vouched) -> Account:
    """The account of a subject, made at its first sign-in; groups are what was told now."""
    found = Account.objects.filter(provider_id=provider.id, subject=vouched.subject)
    account = found.first()
    if account is None:
        # Two first sign-ins at once wait here for each other.
        Provider.objects.select_for_update(no_key=True).get(id=provider.id)
        account = found.first() or _new_account(provider, vouched)
    Account.objects.filter(id=account.id).update(groups=list(vouched.groups), last_seen_at=Now())
    account.groups = list(vouched.groups)
    return account


def _new_account(provider: Provider, vouched: Vouched) -> Account:
    member = _known_by_mail(provider, vouched.email)
    verb = "federation.account.linked"
    if member is None:
        if not provider.is_joining:
            raise NotExpected("not a member")
        member, verb = _joined(provider, vouched), "federation.account.joined"
    account = Account.objects.create(provider_id=provider.id, subject=vouched.subject, member_id=member.id)
    account.refresh_from_db()
    record(_house(provider), verb, account, {"member": str(member.id), "provider": str(provider.id)})
    return account


def _known_by_mail(provider: Provider, mail: str) -> Member | None:
    """The one person here whose confirmed address of a domain of ours this is, and who has no account of this provider.

    Without the confirmation a member could take a colleague's address before the colleague's first sign-in, and with it
    their account and its roles.
    Somebody who has one is another person, whose address went on to a new colleague. People of other organisations
    are not looked at, whatever their address.
    """
    if not mail:
        return None
    people = Member.objects.filter(kind=MemberKind.PERSON, is_active=True, user__email__iexact=mail)
    people = people.exclude(user__email_confirmed_at=None).select_related("user")
    known = Account.objects.filter(provider_id=provider.id).values("member_id")
    # The database takes letters of other alphabets for ours when it compares without case ("ı" and "I").
    found = [each for each in people.exclude(id__in=known) if each.user and read_mail(each.user.email)[0] == mail]
    return found[0] if len(found) == 1 else None


def _joined(provider: Provider, vouched: Vouched) -> Member:
    """A new person without a password, whoever else has their name or address elsewhere."""
    code = new_code()
    first, _space, last = vouched.name.partition(" ")
    user = User(username=code, user_code=code, first_name=first, last_name=last, email=vouched.email)
    user.email_confirmed_at = now() if vouched.email else None
    user.set_unusable_password()
    user.save()
    return add_member(_house(provider), name=vouched.name, kind=MemberKind.PERSON, user_id=user.id)
