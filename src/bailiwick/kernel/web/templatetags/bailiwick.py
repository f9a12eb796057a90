"""The parts that every page is written with; all of them are built into the template language."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import template
from django.forms import BoundField, CheckboxInput, Select
from django.templatetags.static import static
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _

from bailiwick.kernel.audit.manifest import READ
from bailiwick.kernel.web import moments

register = template.Library()

LOW_BELOW = Decimal("0.75")
BARS = 16
NO_BREAK = "\u00a0"
SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """One of Tabler's outline icons; it says nothing to a screen reader."""
    file = static("build/icons.svg")
    return format_html('<svg class="i {}" aria-hidden="true"><use href="{}#{}"></use></svg>', classes, file, name)


@register.simple_tag
def glyph(name: str, classes: str = "") -> SafeString:
    """One of our own signs: a state, an actor, the brand."""
    file = static("build/glyphs.svg")
    return format_html(
        '<svg class="g g-{} {}" aria-hidden="true"><use href="{}#{}"></use></svg>', name, classes, file, name
    )


@register.simple_tag
def state(look: str, text: Any, kind: str = "") -> SafeString:
    """A state: `look` is one of the nine of the house, `kind` may be "lg" or "plain"."""
    classes = f"st st-{look}" + (f" st-{kind}" if kind else "")
    return format_html('<span class="{}">{}{}</span>', classes, glyph(look), text)


@register.simple_tag
def who(member: Any) -> SafeString:
    """A member: a circle for a person, a hexagon for a model, a square for a program. None is nobody."""
    if member is None:
        return format_html('<span class="dimmer">{}</span>', _("nobody"))
    return format_html('<span class="who">{}<span class="cut">{}</span></span>', face(member), member.name)


@register.simple_tag
def face(member: Any) -> SafeString:
    """The sign of a member without the name."""
    if member.kind == "person":
        return format_html('<span class="av" aria-hidden="true">{}</span>', initials(member.name))
    return glyph(member.kind, member.kind)


@register.filter
def initials(name: str) -> str:
    """Up to two letters for a circle."""
    words = [word for word in str(name).split() if word[0].isalnum()]
    chosen = [words[0], words[-1]] if len(words) > 1 else words
    return "".join(word[0] for word in chosen).upper()


@register.simple_tag
def confidence(share: Decimal | None) -> SafeString | str:
    """A share between 0 and 1 as a bar with its value; nothing for None."""
    if share is None:
        return ""
    bar = "bar-low" if share < LOW_BELOW else "bar-fg"
    return format_html(
        '<span class="conf"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="bar-bg" width="100" height="10" rx="5"/>'
        '<rect class="{}" width="{}" height="10" rx="5"/></svg>{}</span>',
        bar,
        int(share * 100),
        number_format(share, 2),
    )


@register.simple_tag
def fingerprint(digest: bytes | memoryview) -> SafeString:
    """A digest as sixteen bars and its first eight bytes."""
    given = bytes(digest)
    bars = format_html_join(
        "",
        '<rect x="{}" y="{}" width="4" height="{}" fill="currentColor"/>',
        ((6 * n, 15 - (byte >> 4), 3 + (byte >> 4)) for n, byte in enumerate(given[:BARS])),
    )
    text = given[:8].hex(" ", 2)
    return format_html(
        '<span class="print" title="{}"><svg viewBox="0 0 94 18" aria-hidden="true">{}</svg><code>{}{}…</code></span>',
        given.hex(),
        bars,
        text,
        NO_BREAK,
    )


@register.filter(name="bytes")
def as_bytes(digest: bytes | memoryview) -> bytes:
    """A digest as the database gives it, to be compared with another."""
    return bytes(digest)


@register.filter
def figure(number: int | Decimal) -> str:
    """A number with the language's thousands."""
    return number_format(number, use_l10n=True, force_grouping=True)


@register.simple_tag
def money(amount: Decimal | None, currency: str = "USD") -> str:
    """An amount with two decimals behind its currency's sign, "−$12.50"; None is "none"."""
    if amount is None:
        return _("none")
    sign = SIGNS.get(currency, currency + NO_BREAK)
    digits = number_format(abs(amount), 2, use_l10n=True, force_grouping=True)
    return f"{'−' if amount < 0 else ''}{sign}{digits}"


@register.simple_tag
def capped(count: int, limit: int) -> str:
    """A count that stopped at a limit says so: "999+"."""
    return f"{figure(limit)}+" if count > limit else figure(count)


@register.simple_tag
def ago(moment: datetime) -> SafeString:
    return _time(moment, moments.ago(moment))


@register.simple_tag
def since(moment: datetime) -> SafeString:
    """How long something has lasted: "5 h"."""
    return _time(moment, moments.span(now() - moment))


@register.simple_tag
def left(moment: datetime) -> SafeString:
    return _time(moment, moments.left(moment))


@register.filter
def absolute(moment: datetime) -> str:
    """Date, time with seconds, and zone."""
    return moments.absolute(moment)


@register.simple_tag(takes_context=True)
def history_link(context: template.Context, label: str, key: UUID) -> SafeString | str:
    """The link to what happened to a record ("app.model" and key), for whoever may read the trail."""
    actor = getattr(context["request"], "actor", None)
    if actor is None or not actor.may(READ):
        return ""
    address = reverse("audit:history", args=[label, key])
    return format_html('<a class="btn" href="{}">{}{}</a>', address, icon("history"), _("History"))


@register.simple_tag
def this_moment() -> str:
    """Date, time with seconds, and zone of now, for paper."""
    return moments.absolute(now())


@register.simple_tag
def at(moment: datetime) -> SafeString:
    """The time of day."""
    return _time(moment, localtime(moment).strftime("%H:%M"))


@register.simple_tag
def due(moment: datetime | None) -> SafeString:
    """When something is due, as a state: late, soon (within an hour), or open."""
    if moment is None:
        return format_html('<span class="dimmer">{}</span>', _("none"))
    remaining = moment - now()
    look = "late" if remaining < timedelta(0) else "wait" if remaining < timedelta(hours=1) else "open"
    return state(look, _time(moment, moments.due(moment)))


def _time(moment: datetime, text: str) -> SafeString:
    full = moments.absolute(moment)
    return format_html('<time datetime="{}" data-full="{}" title="{}">{}</time>', moment.isoformat(), full, full, text)


@register.simple_tag(takes_context=True)
def address(context: template.Context, **changes: Any) -> str:
    """The present address with some of its parameters changed; an empty value removes one. The cursor is dropped."""
    query = context["request"].GET.copy()
    for name, value in {"cursor": "", "part": "", **changes}.items():
        query.pop(name, None)
        if value not in ("", None):
            query[name] = str(value)
    path = str(context["request"].path)
    return f"{path}?{query.urlencode()}" if query else path


@register.simple_tag(takes_context=True)
def address_without(context: template.Context, name: str) -> str:
    """The present address without one of its parameters, and without the cursor."""
    return str(address(context, **{name: ""}))


@register.simple_tag(takes_context=True)
def carried(context: template.Context, *names: str) -> SafeString:
    """Parameters of the present address that a form of the list carries along, as hidden fields."""
    given = context["request"].GET
    return _hidden((name, value) for name in names for value in given.getlist(name))


@register.simple_tag(takes_context=True)
def carried_without(context: template.Context, *names: str) -> SafeString:
    """All parameters of the present address but some, and without the cursor, as hidden fields."""
    dropped = {*names, "cursor", "part"}
    pairs = ((name, values) for name, values in context["request"].GET.lists() if name not in dropped)
    return _hidden((name, value) for name, values in pairs for value in values)


def _hidden(pairs: Iterable[tuple[str, str]]) -> SafeString:
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', (pair for pair in pairs if pair[1]))


@register.simple_tag(takes_context=True)
def organization_field(context: template.Context) -> SafeString:
    """The organisation for which a form is rendered: sent from another one it is refused."""
    actor = getattr(context["request"], "actor", None)
    if actor is None:
        return SafeString("")
    return format_html('<input type="hidden" name="organization" value="{}">', actor.organization_id)


@register.inclusion_tag("web/_field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """A field with its label above, hint and errors below, tied together for readers."""
    parts = [bound.help_text and f"{bound.id_for_label}-hint", bound.errors and f"{bound.id_for_label}-error"]
    is_choice = isinstance(bound.field.widget, CheckboxInput)
    looks = "form-select" if isinstance(bound.field.widget, Select) else "form-control"
    attributes: dict[str, str | bool] = {"class": "form-check-input" if is_choice else looks}
    if any(parts):
        attributes["aria-describedby"] = " ".join(part for part in parts if part)
    if bound.errors:
        attributes["aria-invalid"] = "true"
    return {"field": bound, "control": bound.as_widget(attrs=attributes), "is_choice": is_choice}


@register.simple_tag
def search_field(bound: BoundField) -> SafeString:
    """The search field of a list; its label is for readers, and stands in it as long as it is empty."""
    attributes: dict[str, str | bool] = {
        "class": "form-control w-auto",
        "type": "search",
        "placeholder": str(bound.label),
        "data-search": "",
    }
    label = format_html('<label class="vh" for="{}">{}</label>', bound.id_for_label, bound.label)
    return label + bound.as_widget(attrs=attributes)
