// The review workbench: a number picks a reason, C or O decides it, Ctrl Enter submits when nothing is left open.

import { addReason, startAdding } from "./added.js";
import { all, one } from "./dom.js";
import { addKeys } from "./keys.js";
import { takeLease } from "./lease.js";
import { say, takeUndo } from "./messages.js";
import { word } from "./page.js";

const cards = () => all(".bench .reason");
const answerOf = (card) => one("input:checked", card)?.value;
const current = () => one(".reason.is-now");
const nextOpen = () => cards().find((card) => !answerOf(card));

function focusReason(card, scroll = true) {
  for (const each of cards()) each.classList.toggle("is-now", each === card);
  if (card && scroll) card.scrollIntoView({ block: "nearest" });
}

function decide(value) {
  const card = current();
  const box = card && one(`input[value="${value}"]`, card);
  if (!box) return false;
  box.checked = true;
  box.dispatchEvent(new Event("change", { bubbles: true }));
  if (value === "overridden") one("textarea", card)?.focus();
  return true;
}

function switchVerdict() {
  const other = one("input[name=verdict]:not(:checked)");
  if (!other) return;
  other.checked = true;
  judge(false);
  say(other.closest("label").textContent.trim());
}

function press(key) {
  if (!one(".bench")) return false;
  const card = /^[1-9]$/.test(key) && cards()[Number(key) - 1];
  if (card) {
    focusReason(card);
    (one("input:checked", card) ?? one("input", card)).focus();
    return true;
  }
  if (key.toLowerCase() === "c") return decide("confirmed");
  if (key.toLowerCase() === "o") return decide("overridden");
  if (key.toLowerCase() === "a") return addReason();
  return false;
}

function lines() {
  if (!one(".bench")) return [];
  const reasons = cards().length ? [["1 – 9", word("go_to_reason")], ["c", word("confirm_reason")], ["o", word("override_reason")]] : [];
  return [...reasons, ["Ctrl Enter", word("submit_next")]];
}

function missing(open, total, isJudged) {
  if (open) return word("left", { count: open, total });
  if (!isJudged) return word("no_verdict");
  return total ? word("none_left", { total }) : "";
}

// Shows what is decided and what is missing, and rings the next open reason.
function judge(scroll) {
  const found = cards();
  for (const card of found) card.classList.toggle("is-done", Boolean(answerOf(card)));
  const open = found.filter((card) => !answerOf(card));
  const isJudged = Boolean(one("input[name=verdict]:checked"));
  const note = one("#left");
  if (note) note.textContent = missing(open.length, found.length, isJudged);
  const submit = one("[data-submit]");
  if (submit && submit.dataset.blocked === undefined) submit.setAttribute("aria-disabled", String(open.length > 0 || !isJudged));
  focusReason(open[0] ?? null, scroll);
}

// A submit with something missing leads there instead.
function guard(event) {
  const submit = one("[data-submit]");
  if (submit?.getAttribute("aria-disabled") !== "true" || !event.target.closest(".bench-right")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const card = nextOpen();
  focusReason(card);
  if (card) one("input", card).focus();
  else (one("#lost:not([hidden])") ?? one("input[name=verdict]")).focus();
  say(one("#left").textContent);
}

// Takes up the workbench shown on the page; called again after each swap.
export function takeBench() {
  takeLease();
  takeUndo();
  if (one(".bench")) judge(false);
}

export function startBench() {
  addKeys({ press, lines });
  startAdding();
  takeBench();
  document.addEventListener("change", (event) => { if (event.target.matches(".reason input, .bench-foot input")) judge(event.target.name !== "verdict"); });
  document.addEventListener("focusin", (event) => {
    const card = event.target.closest?.(".bench .reason");
    if (card) focusReason(card, false);
  });
  // Whoever leaves a decided reason goes on with the next open one.
  document.addEventListener("focusout", (event) => {
    const card = event.target.closest?.(".bench .reason.is-now");
    if (card && answerOf(card) && !card.contains(event.relatedTarget)) focusReason(nextOpen() ?? null);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.matches(".bench :is(textarea, [list])")) event.target.blur();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-verdict]")) switchVerdict();
  });
  document.addEventListener("submit", guard, true);
}
