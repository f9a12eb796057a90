"""Refusals of the review of predictions."""

from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.errors import DomainError


class ExternalIdTaken(DomainError):
    code = "predictions.external_id_taken"
    message = _("A prediction with this external_id was stored before with other content. Nothing was stored.")
    status = 409
