// Requests for parts of a page: waiting, failures, focus, and what is said about them.

import htmx from "htmx.org";

import { all, icon, make, one } from "./dom.js";
import { openDialog } from "./dialogs.js";
import { say } from "./messages.js";
import { page, word } from "./page.js";

const BUSY_AFTER = 150;
let waiting = 0;

Object.assign(htmx.config, {
  includeIndicatorStyles: false,
  allowEval: false,
  allowScriptTags: false,
  selfRequestsOnly: true,
  historyCacheSize: 0,
  refreshOnHistoryMiss: false,
  scrollIntoViewOnBoost: false,
  defaultSettleDelay: 0,
  timeout: 20_000,
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "4..", swap: true },
    { code: "5..", swap: true, error: true },
  ],
});

// Signing in renews the token, so it is read from the cookie each time and not from the page.
export function csrfToken() {
  return /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
}

function showBusy(event) {
  const button = event.detail.requestConfig?.triggeringEvent?.submitter ?? event.detail.elt.closest?.("button, .btn");
  button?.setAttribute("aria-busy", "true");
  waiting += 1;
  setTimeout(() => { if (waiting) one(".busy").hidden = false; }, BUSY_AFTER);
}

function hideBusy() {
  waiting = Math.max(0, waiting - 1);
  if (waiting) return;
  one(".busy").hidden = true;
  for (const each of all("[aria-busy=true].btn")) each.removeAttribute("aria-busy");
}

// A failure is said beside what is there; nothing is emptied, and the same request can be made again.
function showFailure(target, text, config, requestId) {
  one("[data-failure]", target)?.remove();
  const again = make("button", { class: "btn btn-sm", type: "button" }, word("try_again"));
  const note = make("div", { class: "note is-bad note-failure", role: "alert", "data-failure": true, tabindex: "-1" },
    icon("alert-octagon"),
    make("span", { class: "grow" }, text, requestId ? make("span", { class: "tiny" }, ` ${word("request")} ${requestId}`) : null),
    again);
  again.addEventListener("click", () => {
    note.remove();
    const { elt, triggeringEvent } = config;
    if (elt.matches("form")) elt.requestSubmit(triggeringEvent?.submitter ?? undefined);
    else elt.click();
  });
  target.prepend(note);
  note.focus();
}

function askToSignIn() {
  const link = make("a", { class: "btn btn-primary", href: page.signIn, target: "_blank", rel: "opener" }, word("sign_in"));
  openDialog({
    id: "session-ended", kind: "dlg", title: word("session_ended"),
    body: [make("p", {}, word("session_ended_hint"))], foot: [link],
  });
}

function beforeSwap(event) {
  const { xhr, target, requestConfig } = event.detail;
  if (xhr.status === 401) {
    event.detail.shouldSwap = false;
    askToSignIn();
  } else if (xhr.status >= 500) {
    event.detail.shouldSwap = false;
    showFailure(target, word("could_not_load"), requestConfig, xhr.getResponseHeader("X-Request-ID"));
  }
}

// Focus stays on the control that was used; else it goes to what has to be read, or to the new heading.
function placeFocus(event) {
  const { elt } = event.detail;
  if (elt.contains(document.activeElement) && document.activeElement !== document.body) return;
  const goal = one("[data-faults], #faults, #lost:not([hidden])", elt) ?? one("h1, h2, .tbl-wrap", elt);
  if (!goal) return;
  if (!goal.hasAttribute("tabindex")) goal.setAttribute("tabindex", "-1");
  goal.focus({ preventScroll: goal.matches("h1, h2") });
}

// A filter that is not set does not stand in the address.
function dropEmpty(parameters) {
  for (const name of Object.keys(parameters)) if (parameters[name] === "") delete parameters[name];
}

export function startRequests(afterSwap) {
  const { body } = document;
  body.addEventListener("htmx:configRequest", (event) => {
    const { headers, parameters, verb } = event.detail;
    if (verb === "get") return dropEmpty(parameters);
    headers["X-CSRFToken"] = csrfToken();
    delete parameters.csrfmiddlewaretoken;
  });
  // What is asked for by the clock rests while nobody looks.
  body.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.detail.elt.matches("[data-polls]")) event.preventDefault();
    else showBusy(event);
  });
  body.addEventListener("htmx:afterRequest", hideBusy);
  body.addEventListener("htmx:beforeSwap", beforeSwap);
  for (const kind of ["htmx:sendError", "htmx:timeout"]) {
    body.addEventListener(kind, (event) => showFailure(event.detail.target, word("no_connection"), event.detail.requestConfig));
  }
  body.addEventListener("htmx:afterSettle", (event) => {
    afterSwap();
    placeFocus(event);
    const heading = one("h1, .pager span, .empty h2", event.detail.elt);
    if (heading) say(heading.textContent.trim().replace(/\s+/g, " "));
  });
}
