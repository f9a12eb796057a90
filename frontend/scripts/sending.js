// A plain form is sent once: pressed again while its answer is on the way, its button does nothing.

import { all } from "./dom.js";

const ANSWERED_WITHIN = 10_000;

function free(form) {
  delete form.dataset.sent;
  for (const button of all("[type=submit][aria-busy]", form)) button.removeAttribute("aria-busy");
}

function send(event) {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
  if (form.dataset.sent !== undefined) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "";
  event.submitter?.setAttribute("aria-busy", "true");
  // What answers with a file leaves the page as it is.
  setTimeout(() => free(form), ANSWERED_WITHIN);
}

export function startSending() {
  document.addEventListener("submit", send);
  window.addEventListener("pageshow", (event) => { if (event.persisted) all("form[data-sent]").forEach(free); });
}
