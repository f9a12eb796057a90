"""Refusals of an organisation's own sign-in."""

from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.errors import DomainError
from bailiwick.kernel.identity.choices import Method
from bailiwick.kernel.identity.errors import InvalidCredentials


class DirectoryFault(DomainError):
    """The directory does not answer, or not as its settings say; the sentence tells which."""

    code = "federation.directory_fault"
    message = _("The directory does not answer. Nothing was changed. Try again, or ask who keeps it.")
    status = 502


class NotVouched(InvalidCredentials):
    """The provider's answer does not prove who somebody is. `why` is for the record and for who keeps the provider."""

    code = "federation.not_vouched"
    message = _("Your organisation's sign-in did not tell us who you are in a way that we can trust. Begin again.")
    status = 401

    def __init__(self, why: str) -> None:
        super().__init__(method=Method.PROVIDER, why=why)


class NotExpected(NotVouched):
    """The account is right, and nobody here."""

    code = "federation.not_expected"
    message = _("Your organisation knows you, but you are not among its people here. Ask who keeps the sign-in.")
    status = 403


class DomainTaken(DomainError):
    code = "federation.domain_taken"
    message = _("This domain is verified for another organisation of this installation.")
    status = 409


class RecordNotFound(DomainError):
    code = "federation.record_not_found"
    message = _("The record was not found in the DNS. It may take an hour until a new one is seen everywhere.")
    status = 409


class NoNameServer(DomainError):
    code = "federation.no_name_server"
    message = _("The name servers do not answer. Nothing was changed. Try again later.")
    status = 502


class GroupMapped(DomainError):
    code = "federation.group_mapped"
    message = _("This group means this role already.")
    status = 409


class NameTaken(DomainError):
    code = "federation.name_taken"
    message = _("Somebody or something else of this organisation has this name.")
    status = 409


class ChangedMeanwhile(DomainError):
    code = "federation.changed_meanwhile"
    message = _("It was changed since it was read. Read it again, then repeat the change.")
    status = 412


class KeptIn(DomainError):
    code = "federation.kept_in"
    message = _("This member opens the door when the organisation's own sign-in fails. A directory cannot end that.")
    status = 403
