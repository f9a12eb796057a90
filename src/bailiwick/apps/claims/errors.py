"""Refusals of insurance claims."""

from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.errors import DomainError


class Immutable(DomainError):
    """Approved and paid claims change in no field; a correction is a new version."""

    code = "claims.immutable"
    message = _("The claim is approved or paid: it does not change any more. Correct it by a new version.")
    status = 400


class MoveRefused(DomainError):
    """The transition table has no such move, or not for whoever asks."""

    code = "claims.move_refused"
    message = _("The claim cannot go there from where it stands.")
    status = 400


class NotBilled(DomainError):
    """A prior authorisation or a predetermination asks what would be paid (FHIR R4, claim-use)."""

    code = "claims.not_billed"
    message = _("It asks what would be paid: nothing is paid for it.")
    status = 400


class ReasonMissing(DomainError):
    code = "claims.reason_missing"
    message = _("Say why: this needs a reason.")
    status = 400


class Stale(DomainError):
    """Somebody else has changed the claim since it was read; `data` says what."""

    code = "claims.stale"
    message = _("Somebody has changed the claim since you opened it. Look at it again.")
    status = 409


class Decided(DomainError):
    """What is approved or paid is not withdrawn."""

    code = "claims.decided"
    message = _("The claim is approved or paid and cannot be withdrawn. Void it by a new version.")
    status = 409


class ExternalIdTaken(DomainError):
    code = "claims.external_id_taken"
    message = _("The number came before with another claim.")
    status = 409


class Unstorable(DomainError):
    """A row holds something that the database cannot keep; it is refused alone."""

    code = "claims.unstorable"
    message = _("A value is outside of what can be stored.")
    status = 400


class WentToReview(DomainError):
    """Approving a claim led to its review; `data` says for what."""

    code = "claims.went_to_review"
    message = _("Adjudication did not approve the claim: it is under review.")
    status = 409


class NotOpen(DomainError):
    """What is decided and was not approved changes only once it is open again."""

    code = "claims.not_open"
    message = _("The claim is closed: it changes only after it was opened again, with a reason.")
    status = 400


class EventTaken(DomainError):
    code = "claims.event_taken"
    message = _("The source's number came before with another event.")
    status = 409


class NotStuck(DomainError):
    """Only an event whose job has ended in vain is sent again."""

    code = "claims.not_stuck"
    message = _("Only an event that has failed is sent again. Nothing was changed.")
    status = 409


class NotYourRules(DomainError):
    """Who proposes rules does not switch them on."""

    code = "claims.two_people"
    message = _("You proposed this version: somebody else has to switch it on.")
    status = 409


class RulesUntried(DomainError):
    """Rules are tried over past claims before they are switched on, as they stand."""

    code = "claims.rules_untried"
    message = _("Try this version over past claims first: it has not been tried as it stands now.")
    status = 409


class RulesMoved(DomainError):
    """The version of the rules does not stand where this could be done to it; `data` says where it stands."""

    code = "claims.rules_moved"
    message = _("This version of the rules does not stand there any more. Look at it again.")
    status = 409


class NotAsked(DomainError):
    """What is answered or withdrawn already is not answered again."""

    code = "claims.not_asked"
    message = _("This is not asked any more. Nothing was stored.")
    status = 409


class NotAppealable(DomainError):
    code = "claims.not_appealable"
    message = _("There is no decision here that could be appealed.")
    status = 409


class AppealOpen(DomainError):
    """One appeal of a claim is open at a time."""

    code = "claims.appeal_open"
    message = _("An appeal of this claim is open already. Wait until it is decided.")
    status = 409


class AppealsExhausted(DomainError):
    code = "claims.appeals_exhausted"
    message = _("This claim cannot be appealed any further here.")
    status = 409


class AppealLate(DomainError):
    """The time to appeal is over; `data` says until when it was."""

    code = "claims.appeal_late"
    message = _("The time to appeal is over.")
    status = 400
