"""What the organisation in scope asks of whoever signs in."""

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Count, Exists, OuterRef, Q

from bailiwick.kernel.base.actors import Authority
from bailiwick.kernel.identity.choices import MemberKind, Method
from bailiwick.kernel.identity.models import Member, Passkey, SignInPolicy, Totp, User
from bailiwick.kernel.identity.queries.factors import passkeys_shown_to
from bailiwick.kernel.identity.queries.sessions import has_codes
from bailiwick.kernel.identity.rules.ways import ways_in


def get_policy() -> SignInPolicy:
    """The policy; where the organisation has said nothing, one that is not stored and takes everything."""
    return SignInPolicy.objects.first() or SignInPolicy()


def list_own_ways(actor: Authority) -> set[str]:
    """By what whoever acts could sign in here, with what they have and with what they came in by."""
    if actor.user_id is None:
        return set()
    user = User.objects.get(id=actor.user_id)
    own = ways_in(
        has_password=user.has_usable_password() and not actor.is_confined,
        has_application=has_codes(user.id),
        has_passkey=passkeys_shown_to(actor).exists(),
    )
    return own | {actor.method} if actor.method else own


def list_ways_to_confirm(actor: Authority) -> set[str]:
    """Those by which they may show again that it is they: with an application, a password alone is none."""
    policy, ways = get_policy(), list_own_ways(actor)
    if policy.break_glass_id != actor.member_id or policy.break_glass_id is None:
        ways &= {*policy.methods} | ({Method.TWO_FACTOR.value} if Method.PASSWORD in policy.methods else set())
    return ways - {Method.PASSWORD.value} if Method.TWO_FACTOR in ways else ways


def count_ways(actor: Authority) -> tuple[dict[str, int], int]:
    """How many people of the organisation have what each way in asks for, and how many people there are.

    Whom a provider knows stands with the provider.
    """
    own_keys = Passkey.objects.filter(Q(only_in=None) | Q(only_in=actor.organization_id), revoked_at=None)
    applications = Totp.objects.filter(ended_at=None, confirmed_at__isnull=False)
    people = Member.objects.filter(kind=MemberKind.PERSON, is_active=True, user__is_active=True).annotate(
        has_key=Exists(own_keys.filter(user_id=OuterRef("user_id"))),
        has_application=Exists(applications.filter(user_id=OuterRef("user_id"))),
    )
    has_password = ~Q(user__password__startswith=UNUSABLE_PASSWORD_PREFIX)
    counted = people.aggregate(
        everybody=Count("id"),
        passkey=Count("id", filter=Q(has_key=True)),
        two_factor=Count("id", filter=has_password & Q(has_application=True)),
        password=Count("id", filter=has_password & Q(has_application=False)),
    )
    return counted, counted.pop("everybody")
