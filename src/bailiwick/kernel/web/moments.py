"""Times and numbers as people read them: relative within a week, then the day."""

from datetime import datetime, timedelta

from django.utils import formats
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

WEEK = timedelta(days=7)


def ago(moment: datetime) -> str:
    """ "4 min ago" within a week, then "2 Nov"."""
    passed = now() - moment
    if passed >= WEEK:
        return day(moment)
    if passed < timedelta(minutes=1):
        return _("just now")
    return _("%(span)s ago") % {"span": span(passed)}


def due(moment: datetime) -> str:
    """ "in 3 h" or "48 min late" within a week, then "2 Nov"."""
    left = moment - now()
    if abs(left) >= WEEK:
        return day(moment)
    if left < timedelta(0):
        return _("%(span)s late") % {"span": span(-left)}
    return _("in %(span)s") % {"span": span(left)}


def left(moment: datetime) -> str:
    """ "8 min left", or that it has ended."""
    remaining = moment - now()
    return _("%(span)s left") % {"span": span(remaining)} if remaining > timedelta(0) else _("ended")


def span(length: timedelta) -> str:
    """A length in its largest whole unit: minutes, hours or days; at least one minute."""
    minutes = max(1, int(length.total_seconds() // 60))
    if minutes < 60:
        return _("%(count)s min") % {"count": minutes}
    if minutes < 24 * 60:
        return _("%(count)s h") % {"count": minutes // 60}
    return _("%(count)s d") % {"count": minutes // (24 * 60)}


def day(moment: datetime) -> str:
    """ "2 Nov", with the year unless it is this one."""
    local = localtime(moment)
    is_this_year = local.year == localtime().year
    return formats.date_format(local, pgettext("date", "j M") if is_this_year else pgettext("date", "j M Y"))


def absolute(moment: datetime) -> str:
    """Date, time with seconds, and zone."""
    return formats.date_format(localtime(moment), pgettext("date", "j M Y, H:i:s T"))
