"""Refusals of identity."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.errors import DomainError


class InvalidCredentials(DomainError):
    """`person_id`, `method` and `why` are for the record alone: the answer does not tell what was wrong."""

    code = "identity.invalid_credentials"
    message = _("Login or password is wrong. Check both and try again.")
    status = 401

    def __init__(self, *, person_id: UUID | None = None, method: str = "", why: str = "") -> None:
        super().__init__()
        self.person_id, self.method, self.why = person_id, str(method), why


class TooManyTries(DomainError):
    code = "identity.too_many_tries"
    message = _("Too many attempts. Wait some minutes and try again.")
    status = 429


class ScopeNotHeld(DomainError):
    code = "identity.scope_not_held"
    message = _("A key cannot be given a right that is not registered.")
    status = 400


class InvalidToken(DomainError):
    code = "identity.invalid_token"
    message = _("The refresh token is not valid, has run out or was used before. Sign in again.")
    status = 401


class TokenNotAccepted(DomainError):
    code = "identity.token_not_accepted"
    message = _("This is not a refresh token of yours that could be ended. Nothing was changed.")
    status = 400


class NoPerson(DomainError):
    code = "identity.no_person"
    message = _("A key belongs to a program, which has no session to end. Revoke the key instead.")
    status = 403


class LinkNotValid(DomainError):
    code = "identity.link_not_valid"
    message = _("This link was used, is older than an hour, or was cut short. Nothing was changed. Ask for a new one.")
    status = 410


class AddressLinkNotValid(DomainError):
    code = "identity.address_link_not_valid"
    message = _(
        "This link was used, is older than a day, was cut short, or is for another login or mail address than yours."
        " Nothing was changed."
    )
    status = 410


class TokenReplayed(InvalidToken):
    """`session_id` is the family, which ends with it; the answer is that of any refresh token that is not valid."""

    def __init__(self, *, session_id: UUID) -> None:
        super().__init__()
        self.session_id = session_id


class MethodNotTaken(DomainError):
    """`asked` are the ways in that the organisation takes."""

    code = "identity.method_not_taken"
    message = _("This organisation asks for another way of signing in. Sign in again, as it asks.")
    status = 403


class ConfinedHere(DomainError):
    code = "identity.confined"
    message = _("You came in by this organisation's own sign-in, which opens no other. Sign in again to go there.")
    status = 403


class StepUpNeeded(DomainError):
    code = "identity.step_up_needed"
    message = _("Show again that it is you: this changes who may sign in. Nothing was changed.")
    status = 401


class KeyNotFromHere(DomainError):
    code = "identity.key_not_from_here"
    message = _("This key may not be used from this address.")
    status = 403


class KeyTooBusy(DomainError):
    code = "identity.key_too_busy"
    message = _("This key has made its calls of this minute. Wait until the next.")
    status = 429


class TicketNotValid(DomainError):
    """`organization_id` and `ticket_id` are for the record alone, where the ticket was once one of ours."""

    code = "identity.ticket_not_valid"
    message = _("This ticket was used or revoked, has run out, or is cut short. Nothing was changed. Ask for another.")
    status = 410

    def __init__(self, *, organization_id: UUID | None = None, ticket_id: UUID | None = None) -> None:
        super().__init__()
        self.organization_id, self.ticket_id = organization_id, ticket_id


class PersonNeeded(DomainError):
    code = "identity.person_needed"
    message = _("People let people in: a program may not do this, whatever its rights. Nothing was changed.")
    status = 403


class RecoveryNeeded(DomainError):
    code = "identity.recovery_needed"
    message = _("They have a way in. If the key is lost, ask for a recovery, which takes two. Nothing was changed.")
    status = 409


class RecoveryOpen(DomainError):
    code = "identity.recovery_open"
    message = _("A recovery is asked for already. Another key manager decides it.")
    status = 409


class RecoveryDecided(DomainError):
    code = "identity.recovery_decided"
    message = _("Somebody decided this recovery before you. Nothing was changed.")
    status = 409


class SecondPersonNeeded(DomainError):
    code = "identity.second_person_needed"
    message = _("It takes two key managers, neither of them the person who lost the key. Nothing was changed.")
    status = 403


class PasskeyNotTaken(DomainError):
    code = "identity.passkey_not_taken"
    message = _("This key could not be added: the answer came too late, is not for this page, or the key is known.")
    status = 422


class LastWayIn(DomainError):
    code = "identity.last_way_in"
    message = _(
        "This is your last way in that the organisation takes. Add another first, then remove this one."
        " Nothing was changed."
    )
    status = 409


class BelongsToPerson(DomainError):
    code = "identity.belongs_to_person"
    message = _(
        "You came in by this organisation's own sign-in. What is yours in every organisation can be changed only"
        " after you sign in by your own password or passkey."
    )
    status = 403


class ProofTooWeak(DomainError):
    code = "identity.proof_too_weak"
    message = _(
        "Another organisation of yours asks for a code after the password, so that an application cannot be set up with"
        " less than it takes. Come in by a passkey, and set it up then."
    )
    status = 403


class KeyTooWide(DomainError):
    code = "identity.key_too_wide"
    message = _("A key is never wider or longer than whoever issues it, nor than its program. Nothing was changed.")
    status = 403


class KeyOver(DomainError):
    code = "identity.key_over"
    message = _("This key was revoked, has run out, or was rotated already. Nothing was changed.")
    status = 409


class OwnMembership(DomainError):
    code = "identity.own_membership"
    message = _("Nobody ends their own membership. Ask somebody else to do it. Nothing was changed.")
    status = 409
