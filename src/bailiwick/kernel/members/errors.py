"""Refusals of the coming and going of members."""

from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.errors import DomainError


class OpensTheDoor(DomainError):
    code = "members.opens_the_door"
    message = _(
        "They open the door on the day on which the organisation's own sign-in fails."
        " Name somebody else in how people sign in first. Nothing was changed."
    )
    status = 409


class ManagesAccess(DomainError):
    code = "members.manages_access"
    message = _("They manage access: only somebody who does as well lets them go. Nothing was changed.")
    status = 403


class NobodyToAsk(DomainError):
    """`data` names whom nobody can be asked about."""

    code = "members.nobody_to_ask"
    message = _("Nobody can be asked about this person. Say to whom they report first. Nothing was started.")
    status = 409


class GrantsChanged(DomainError):
    """What was shown is not what would be signed."""

    code = "members.grants_changed"
    message = _("Something changed since you saw this. Nothing was signed; look at it again.")
    status = 409


class ReviewClosed(DomainError):
    code = "members.review_closed"
    message = _("This review is closed already. Nothing was changed.")
    status = 409


class StillHere(DomainError):
    code = "members.still_here"
    message = _("They still belong to the organisation. Let them go first.")
    status = 409


class OnHold(DomainError):
    """`data` says why, and until when."""

    code = "members.on_hold"
    message = _("A retention hold keeps what is known of them. Nothing was erased.")
    status = 409


class InvitationNotValid(DomainError):
    code = "members.invitation_not_valid"
    message = _("This invitation was used or withdrawn, has run out, or was cut short. Ask whoever invited you.")
    status = 410


class InvitationClosed(DomainError):
    code = "members.invitation_closed"
    message = _("This invitation was accepted or withdrawn already. Nothing was changed.")
    status = 409


class AlreadyMember(DomainError):
    code = "members.already_member"
    message = _("You belong to this organisation already. Nothing was changed.")
    status = 409


class WasMember(DomainError):
    code = "members.was_member"
    message = _("You belonged to this organisation before. Whoever manages its people has to take you back.")
    status = 409


class JoinConfined(DomainError):
    code = "members.join_confined"
    message = _(
        "You came in by the sign-in of another organisation, which opens that one alone."
        " Sign in by a way of your own to join with your account, or sign out and make a new one."
    )
    status = 409
