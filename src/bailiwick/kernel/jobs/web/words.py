"""Why a job waits, in words."""

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bailiwick.kernel.jobs.queries import Reason, Why
from bailiwick.kernel.web.moments import absolute


def explain(reason: Reason) -> SafeString | str:
    """One sentence for a reason."""
    n = reason.count
    if reason.why == Why.RESTS and reason.until:
        return _("It is tried again after a rest, at {time}.").format(time=absolute(reason.until))
    if reason.why == Why.KIND_IS_BUSY:
        return ngettext(
            "Another of its kind runs; it starts when that ends.",
            "{n} others of its kind run; it starts when one ends.",
            n,
        ).format(n=n)
    if reason.why == Why.OTHERS_AHEAD:
        return ngettext("{n} job of your organisation is ahead.", "{n} jobs of your organisation are ahead.", n).format(
            n=n
        )
    return {
        Why.CANCEL_ASKED: _("It was asked to stop, and does so at its next step."),
        Why.UNKNOWN_KIND: _("No part of this installation knows how to do it any more."),
        Why.WORKERS_ARE_BUSY: _("Every worker is busy with other work; it starts when one is free."),
        Why.NO_WORKER: _("No worker answers. It starts as soon as one does; an administrator can look after it."),
    }[reason.why]
