// Single keys. A page declares them as data-key on its buttons, so that the help cannot lie.

import { all, isTyping, one } from "./dom.js";
import { isDialogOpen } from "./dialogs.js";
import { openHelp } from "./help.js";
import { openPalette } from "./palette.js";
import { page } from "./page.js";

const LEADER_WAITS = 1500;
const parts = [];
let leader = 0;

// A part of a page that has keys of its own: `press(key)` says whether it took one, `lines()` describes them.
export function addKeys(part) {
  parts.push(part);
}

export const ownLines = () => [
  ...parts.flatMap((part) => part.lines()),
  ...all("[data-key]").map((element) => [element.dataset.key, element.dataset.keyLabel ?? element.textContent.trim()]),
];

export const areSingleKeysOn = () => localStorage.getItem("bw-keys") !== "off";
export const switchSingleKeys = (on) => localStorage.setItem("bw-keys", on ? "on" : "off");

export function startNextItem() {
  const form = one("#next-item");
  if (form) form.requestSubmit();
}

function withControl(event) {
  const key = event.key.toLowerCase();
  if (key === "k" && !event.shiftKey) openPalette();
  else if (key === "enter" && !isDialogOpen() && one("[data-submit]")) one("[data-submit]").click();
  else return;
  event.preventDefault();
}

// Whether the key was taken.
function single(key) {
  const small = key.toLowerCase();
  const place = Date.now() - leader < LEADER_WAITS && page.places.find((each) => each.key === small);
  leader = !place && small === "g" ? Date.now() : 0;
  if (place) location.href = place.url;
  if (place || leader) return true;
  if (key === "?") return take(() => openHelp(ownLines()));
  if (key === "/") return focusSearch();
  if (parts.some((part) => part.press(key))) return true;
  const button = all("[data-key]").find((element) => element.dataset.key.toLowerCase() === small);
  if (button) return take(() => pressButton(button));
  return small === "n" && one("#next-item") ? take(startNextItem) : false;
}

// What a key opens is ready to be typed into; what it chooses may ask for a text (`data-then`).
function pressButton(button) {
  button.click();
  if (button.matches("[type=radio]")) (button.dataset.then ? one(button.dataset.then) : button)?.focus();
  if (button.matches("details[open] > summary")) one("input:not([type=hidden]), select, textarea", button.parentElement)?.focus();
}

function take(action) {
  action();
  return true;
}

function focusSearch() {
  const search = one("[data-search]");
  search?.focus();
  return Boolean(search);
}

export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.ctrlKey || event.metaKey) return withControl(event);
    if (event.altKey || isTyping(event.target) || isDialogOpen() || !areSingleKeysOn()) return;
    if (single(event.key)) event.preventDefault();
  });
}
