"""The pages that are pictured: where they are, and what is done there before."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[1]
LIST = "/rejection-reasons/"
ROWS = """product,title,verdict,reason,score,explanation
498901,Day trading in two days,reject,Promise of returns,0.93,It names a return as certain.
498902,Keto kitchen,accept,,,
498903,A lamp for life,reject,Lifetime access promised,1.7,Nobody can promise a life.
"""


def nothing(page: Page) -> None:
    """The page as it comes."""


@dataclass(frozen=True)
class Shot:
    """A picture of one address, after what is done there; without an address, of where the one before has led."""

    name: str
    address: str = ""
    prepare: Callable[[Page], None] = nothing
    is_for_paper: bool = True


def hold(page: Page) -> None:
    """Take the next item unless one is held."""
    button = page.locator(".empty form[action$='next/'] button")
    if button.count():
        button.first.click()
    page.locator(".bench").wait_for()


def hold_claim(page: Page) -> None:
    """Take the next claim unless one is held."""
    button = page.locator(".empty form[action$='next/'] button")
    if button.count():
        button.first.click()
    page.locator("form[data-holds]").wait_for()


def tick(page: Page) -> None:
    page.locator(".row-tick").first.check()
    page.locator(".bulk").wait_for()


def click(selector: str) -> Callable[[Page], None]:
    return lambda page: page.locator(selector).first.click()


def press(keys: str) -> Callable[[Page], None]:
    def pressed(page: Page) -> None:
        page.keyboard.press(keys)
        page.locator("dialog[open]").wait_for()

    return pressed


def bring_file(page: Page) -> None:
    """The first step of an import, with two rows."""
    page.set_input_files("[name=file]", {"name": "listings.csv", "mimeType": "text/csv", "buffer": ROWS.encode()})
    go_on(page)


def go_on(page: Page) -> None:
    page.locator("main form[method=post] .btn-primary").last.click()
    page.wait_for_load_state()


def see_result(page: Page) -> None:
    go_on(page)
    page.locator(".st", has_text="Done").first.wait_for()
    page.reload()


def proxy_page(page: Page) -> None:
    """What `bailiwick prepare` wrote for the reverse proxy, in place of an answer."""
    page.route("**/start/", lambda route: route.fulfill(path=data_folder() / "pages" / "offline.html"))
    page.goto("/start/")


def set_up_application(page: Page) -> None:
    page.locator("form[action$='application/begin/'] button").click()
    page.wait_for_url("**/application/")


def ask_recovery(page: Page) -> None:
    link = page.locator("a[href$='/recovery/']")
    page.goto(link.first.get_attribute("href") or "/people/")


def see_leaving(page: Page) -> None:
    """What would end if somebody left."""
    page.locator("tbody th a >> text=Mara Lindqvist").click()
    page.locator("a[href$='/leave/']").click()
    page.wait_for_load_state()


def see_data(page: Page) -> None:
    """What is known of somebody."""
    page.locator("tbody th a >> text=Mara Lindqvist").click()
    page.locator("a[href$='/data/']").click()
    page.wait_for_load_state()


def open_link(page: Page) -> None:
    """A new link of the invitation that is shown, opened."""
    page.get_by_role("button", name="Show a new link").click()
    page.goto(page.locator("#link").inner_text())


def be_asked(page: Page) -> None:
    """Take the next person of an access review, unless one is held."""
    button = page.locator(".empty form[action$='next/'] button")
    if button.count():
        button.first.click()
    page.locator("main fieldset").first.wait_for()


def register(page: Page) -> None:
    """Register somebody, which shows their ticket once."""
    page.fill("[name=first_name]", "Noor")
    page.fill("[name=last_name]", "Haddad")
    page.fill("[name=department]", "Listings")
    go_on(page)


def open_ticket(page: Page) -> None:
    """The page behind the link of a ticket."""
    page.goto(page.locator("#link").inner_text())


def add(button: str, **values: str) -> Callable[[Page], None]:
    """Open the first of a list, which is made where there is none."""

    def added(page: Page) -> None:
        if not page.locator("tbody th a").count():
            back = page.url
            page.get_by_role("link", name=button).first.click()
            for name, value in values.items():
                field = page.locator(f"[name={name}]")
                is_choice = field.evaluate("field => field.tagName") == "SELECT"
                field.select_option(value) if is_choice else field.fill(value)
            go_on(page)
            page.goto(back)
        page.locator("tbody th a").first.click()
        page.wait_for_load_state()

    return added


def add_program(page: Page) -> None:
    """A program that may keep people, unless there is one, and on to a key of it."""
    page.fill("[name=name]", "Staff directory")
    page.select_option("[name=role]", "directory")
    go_on(page)
    page.goto("/settings/keys/new/")
    page.select_option("[name=program]", label="Staff directory")
    page.locator("main form[method=get] .btn-primary").click()
    page.wait_for_load_state()


def issue_key(page: Page) -> None:
    page.fill("[name=name]", "Nightly feed")
    page.locator("[name=scopes]").first.check()
    go_on(page)


def in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def give_roles(page: Page) -> None:
    """A role until a day that may be passed on, unless there is one; and to whom they report."""
    click("tbody th a >> text=Tarik Aydemir")(page)
    if not page.get_by_text("may be passed on").count():
        page.select_option("[name=role]", "key-manager")
        page.fill("[name=valid_until]", in_days(30))
        page.check("[name=is_passable]")
        page.get_by_role("button", name="Give the role").click()
        page.locator("[name=manager]").select_option(label="Ines Albrecht, Operations")
        page.locator("form[action$='manager/'] button").click()
        page.reload()


def change_role(page: Page) -> None:
    """What another content of a role would change, before it is stored."""
    page.locator("[name=rights][value='access.explain']").check()
    page.locator("[name=rights][value='identity.recover']").uncheck()
    page.get_by_role("button", name="See what this changes").click()
    page.locator("#effects").wait_for()


def keep_apart(page: Page) -> None:
    """Two rights kept apart, unless two are already."""
    if not page.locator("main .own form").count():
        page.select_option("[name=first]", "predictions.submit")
        page.select_option("[name=second]", "predictions.review")
        page.fill("[name=reason]", "Nobody reviews what they sent in themselves.")
        page.get_by_role("button", name="Keep them apart").click()
        page.wait_for_load_state()


def give_over(page: Page) -> None:
    """Who has access to the record that was shown before, and somebody who has a role over it alone."""
    click("a >> text=Who has access")(page)
    page.get_by_role("button", name="Give the role").wait_for()
    if not page.locator("main .own li").count():
        page.locator("[name=member]").select_option(label="Nora Whitfield, Quality")
        page.select_option("[name=role]", "model-owner")
        page.fill("[name=valid_until]", in_days(7))
        page.get_by_role("button", name="Give the role").click()
        page.locator("main .own li").first.wait_for()
        page.reload()


OF_VISITOR = [
    Shot("login", "/accounts/login"),
    Shot("forgotten", "/accounts/password/forgotten/"),
    Shot("new-password", "/accounts/password/new/"),
    Shot("organization", "/accounts/organization/"),
    Shot("ticket-void", "/accounts/enrol/?ticket=none"),
    Shot("offline", "/accounts/login", proxy_page),
]
OF_REVIEWER = [
    Shot("review", "/review", hold),
    Shot("desk", "/"),
    Shot("keyboard", "/", press("?"), is_for_paper=False),
    Shot("palette", "/", press("Control+k"), is_for_paper=False),
    Shot("list", LIST),
    Shot("nothing-found", f"{LIST}?q=nothing-is-called-that"),
    Shot("me", "/accounts/me/"),
    Shot("password", "/accounts/password"),
    Shot("error-403", "/predictions/settings/"),
    Shot("error-404", "/nothing-here"),
]
OF_OWNER = [
    Shot("list-selection", LIST, tick, is_for_paper=False),
    Shot("list-columns", LIST, click("summary:has(svg) >> text=Columns"), is_for_paper=False),
    Shot("record", f"{LIST}?state=overridden", click("tbody th a")),
    Shot("over", prepare=give_over),
    Shot("disputes", "/review/disputes/", hold),
    Shot("import", "/predictions/import/"),
    Shot("import-columns", prepare=bring_file),
    Shot("import-check", prepare=go_on),
    Shot("import-result", prepare=see_result),
    Shot("imports", "/predictions/imports/"),
    Shot("reasons", "/predictions/reasons/"),
    Shot("reason", prepare=click("tbody th a")),
    Shot("reason-new", "/predictions/reasons/new/"),
    Shot("gold", "/predictions/gold/"),
    Shot("settings", "/predictions/settings/"),
    Shot("jobs", "/jobs/"),
    Shot("job", prepare=click("tbody th a")),
    Shot("files", "/files/"),
    Shot("dashboard", "/dashboard"),
    Shot("comparison", "/dashboard/comparison/"),
]
OF_CLAIMS = [
    Shot("claims", "/claims/"),
    Shot("claim", "/claims/?stage=partially_approved", click("tbody th a")),
    Shot("claim-submit", "/claims/new/"),
    Shot("claim-work", "/claims/work/medical/", hold_claim),
    Shot("claim-clocks", "/claims/clocks/"),
    Shot("claim-figures", "/claims/dashboard/"),
    Shot("patients", "/claims/patients/"),
    Shot("patient", prepare=click("tbody th a")),
]
OF_PATIENT = [
    Shot("my-claims", "/claims/"),
    Shot("claim-explained", "/claims/?status=paid", click("tbody th a")),
]
OF_INSURED = {"claims-admin": OF_CLAIMS, "patient": OF_PATIENT}
OF_ADMINISTRATOR = [
    Shot("security", "/accounts/security/"),
    Shot("new-passkey", "/accounts/security/passkeys/new/"),
    Shot("application", "/accounts/security/", set_up_application),
    Shot("sessions", "/accounts/sessions/"),
    Shot("again", "/accounts/again/"),
    Shot("policy", "/settings/sign-in/"),
    Shot("retention", "/settings/retention/"),
    Shot("people", "/people/"),
    Shot("person", prepare=give_roles),
    Shot("recovery-new", prepare=ask_recovery),
    Shot("person-new", "/people/new/"),
    Shot("ticket", prepare=register),
    Shot("enrol", prepare=open_ticket),
    Shot("recoveries", "/people/recoveries/"),
    Shot("keys", "/settings/keys/"),
    Shot("key", prepare=click("tbody th a")),
    Shot("program-new", "/settings/keys/programs/new/"),
    Shot("key-new", prepare=add_program),
    Shot("key-shown", prepare=issue_key),
    Shot("key-issuers", "/settings/keys/issuers/"),
    Shot("providers", "/settings/providers/"),
    Shot("provider-new", "/settings/providers/new/"),
    Shot("provider-form", prepare=click("main a >> text=OpenID Connect")),
    Shot("domain-new", "/settings/domains/new/"),
    Shot("domain", "/settings/domains/", add("Add a domain", name="aldermoor.example")),
    Shot("domains", "/settings/domains/"),
    Shot("roles", "/settings/roles/"),
    Shot("role", prepare=click("tbody th a >> text=Key manager")),
    Shot("role-change", prepare=change_role),
    Shot("role-new", "/settings/roles/new/"),
    Shot("conflicts", "/settings/conflicts/", keep_apart),
    Shot("approvals", "/settings/approvals/"),
    Shot("deputies", "/accounts/deputies/"),
    Shot("why", "/access/why/?right=access.manage"),
    Shot("why-not", "/access/why/?right=predictions.review"),
    Shot("invitation-new", "/people/invitations/new/"),
    Shot(
        "invitation", "/people/invitations/", add("Invite somebody", name="Noor Haddad", email="noor@aldermoor.example")
    ),
    Shot("join", prepare=open_link),
    Shot("invitations", "/people/invitations/"),
    Shot("personal-data", "/people/", see_data),
    Shot("leave", "/people/", see_leaving),
    Shot("access-review-new", "/members/reviews/new/"),
    Shot("access-review", "/members/reviews/", add("Start a review", department="Marketplace support")),
    Shot("access-reviews", "/members/reviews/"),
    Shot("access-review-next", "/members/reviews/next/", be_asked),
    Shot("group-new", "/settings/groups/new/"),
    Shot("group", "/settings/groups/", add("Name a group", group="Listings leads", role="key-manager")),
    Shot("groups", "/settings/groups/"),
    Shot("trail", "/audit/"),
    Shot("event", "/audit/?verb=access.grant.given", click("tbody th a")),
    Shot("history", prepare=click("a >> text=History of the record")),
    Shot("changes", "/audit/changes/"),
    Shot("proof", "/audit/proof/"),
    Shot("anchors", "/settings/anchors/"),
    Shot("disclosures", "/disclosures/"),
    Shot("sensitive", "/settings/sensitive/"),
    Shot("webhook-new", "/settings/webhooks/new/"),
    Shot("webhooks", "/settings/webhooks/"),
    Shot("alert-new", "/settings/alerts/new/"),
    Shot("alerts", "/settings/alerts/"),
    Shot("notices", "/notices/"),
]


def data_folder() -> Path:
    return Path(os.environ.get("BAILIWICK_DATA") or ROOT / "var")
