"""What the organisation in scope asks of whoever signs in."""

from bailiwick.kernel.base.actors import Authority
from bailiwick.kernel.identity.choices import Method
from bailiwick.kernel.identity.models import SignInPolicy, User
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
