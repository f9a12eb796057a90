"""Filing an appeal."""

from typing import Any

from django import forms
from django.utils import formats
from django.utils.functional import cached_property
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bailiwick.apps.claims.actions.appeals import LONGEST, file_appeal
from bailiwick.apps.claims.models import Claim
from bailiwick.apps.claims.queries.appeals import find_standing
from bailiwick.apps.claims.queries.claims import get_claim
from bailiwick.apps.claims.web.changing import DeedPage
from bailiwick.apps.claims.web.forms.work import files_field
from bailiwick.kernel.base.rights import MEMBER


class AppealForm(forms.Form):
    """What is disputed, with what proves it."""

    reason = forms.CharField(
        label=gettext_lazy("What do you dispute, and why?"),
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 6}),
        error_messages={"required": gettext_lazy("Say what you dispute, and why.")},
    )
    file = files_field(required=False)


class AppealPage(DeedPage):
    """Disputes what was decided of a claim: by its patient or provider, or for them by who manages claims."""

    right = MEMBER
    title = gettext_lazy("Appeal")

    @cached_property
    def lead(self) -> str:  # type: ignore[override]
        said = _("Somebody who had no part in the decision looks at it again.")
        until = find_standing(get_claim(self.actor, self.kwargs["claim_id"])).until
        if until is None:
            return said
        day = formats.date_format(localtime(until), "DATE_FORMAT")
        return said + " " + _("An appeal may be filed until %(day)s.") % {"day": day}

    def form(self, data: Any = None) -> forms.Form:
        return AppealForm(data, self.request.FILES if data is not None else None)

    def perform(self, claim: Claim, form: Any) -> str:
        given = form.cleaned_data
        file_appeal(actor=self.actor, claim_id=claim.id, reason=given["reason"], uploads=given["file"])
        return _("Filed. You see here what becomes of it.")
