"""What is said to an operator who came in by another way; whoever is none is told nothing."""

from django.utils.translation import gettext_lazy as _

from bailiwick.kernel.base.errors import DomainError


class PasskeyNeeded(DomainError):
    code = "operators.passkey_needed"
    message = _(
        "Operators come in by a passkey. Sign out, sign in with your passkey, and open this page again. Add a passkey"
        " under Security if you have none."
    )
    status = 403


class InstallationNeeded(DomainError):
    code = "operators.installation_needed"
    message = _(
        "You are an operator, and work in another organisation now. Switch to the installation's own in the menu of"
        " your name, and open this page again."
    )
    status = 403


class NoSuchLogin(DomainError):
    code = "operators.no_such_login"
    message = _("Nobody who may sign in has this login. Make the person first: bailiwick create-owner --help.")
    status = 404
