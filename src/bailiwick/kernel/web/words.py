"""Texts that scripts show, handed to them in the page's data block."""

from django.utils.translation import gettext_lazy as _

WORDS = {
    "keyboard": _("Keyboard"),
    "close": _("Close"),
    "on_this_page": _("On this page"),
    "everywhere": _("Everywhere"),
    "no_keys": _("No keys of its own"),
    "single_keys": _("Single-key shortcuts"),
    "single_keys_hint": _("Turn off if you dictate or use switch control. Keys with Ctrl keep working."),
    "search_or_jump": _("Search or jump"),
    "this_help": _("This help"),
    "search_list": _("Search in the list"),
    "next_item": _("Next item for me"),
    "close_or_back": _("Close"),
    "go_to": _("Go to"),
    "action": _("Action"),
    "type_here": _("Type the name of a page"),
    "results": _("Results"),
    "nothing_called": _("Nothing is called that."),
    "switch_theme": _("Switch theme"),
    "theme_is_dark": _("The theme is dark"),
    "theme_is_light": _("The theme is light"),
    "next_row": _("Next row"),
    "row_before": _("Row before"),
    "select_row": _("Select the row"),
    "open_row": _("Open the row"),
    "selected": _("{count} selected"),
    "go_to_reason": _("Go to a reason"),
    "confirm_reason": _("Confirm it"),
    "override_reason": _("Override it"),
    "switch_verdict": _("Switch the verdict"),
    "submit_next": _("Submit and next"),
    "left": _("{count} of {total} to decide"),
    "none_left": _("All {total} decided"),
    "lease_low": _("The lease ends in one minute. Any key or click renews it."),
    "lease_ended": _(
        "The lease has ended. It is renewed as soon as you go on, unless somebody else has taken the item."
    ),
    "lease_lost": _(
        "Your lease ended and somebody else has this item. What you typed stays here; copy it before you leave."
    ),
    "lost": _("Lost"),
    "could_not_load": _("This could not be loaded. Nothing was changed."),
    "no_connection": _("The server does not answer. What you typed stays here."),
    "try_again": _("Try again"),
    "request": _("Request"),
    "session_ended": _("Your session has ended"),
    "session_ended_hint": _("Sign in again in a new tab, come back and repeat the step. What you typed stays here."),
    "sign_in": _("Sign in"),
}
