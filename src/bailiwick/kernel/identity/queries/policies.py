"""What the organisation in scope asks of whoever signs in."""

from bailiwick.kernel.identity.models import SignInPolicy


def get_policy() -> SignInPolicy:
    """The policy; where the organisation has said nothing, one that is not stored and takes everything."""
    return SignInPolicy.objects.first() or SignInPolicy()
