"""Refusals of the review of predictions."""

from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.errors import DomainError


class ExternalIdTaken(DomainError):
    code = "predictions.external_id_taken"
    message = _("A prediction with this external_id was stored before with other content. Nothing was stored.")
    status = 409


class ReasonMerged(DomainError):
    code = "predictions.reason_merged"
    message = _("This reason was merged into another, which stands for it now. Nothing was changed.")
    status = 409


class ReasonConfirmed(DomainError):
    code = "predictions.reason_confirmed"
    message = _("This reason is confirmed already. Nothing was changed.")
    status = 409


class NotDecided(DomainError):
    code = "predictions.not_decided"
    message = _("Only a prediction that is decided, with no opinion outstanding, can be gold. Nothing was changed.")
    status = 409


class TooManyRows(DomainError):
    code = "predictions.too_many_rows"
    message = _("This is more than 100,000 rows. Those before are stored as told; send the rest on their own.")
    status = 413


class Unstorable(DomainError):
    code = "predictions.unstorable"
    message = _("A value is outside of what can be stored. Nothing was stored.")
    status = 400
