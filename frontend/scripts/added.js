// Reasons that a reviewer adds: rows that come with a key and go with a button; without script there is one empty row.

import { all, one } from "./dom.js";
import { word } from "./page.js";
import { say } from "./messages.js";

const box = () => one("[data-added]");
const rows = () => all("[data-row]", box());
const fields = (row) => all("input, textarea", row);

// Opens the rows and goes to one that is empty, or to a new one. Says whether there was anything to open.
export function addReason() {
  if (!box()) return false;
  one("#added").open = true;
  const empty = rows().find((row) => fields(row).every((field) => !field.value)) ?? append();
  one("input", empty).focus();
  return true;
}

function append() {
  const row = rows().at(-1).cloneNode(true);
  clear(row);
  box().append(row);
  return row;
}

// A row that was refused loses its fault with its text.
function clear(row) {
  for (const field of fields(row)) {
    field.value = "";
    for (const name of ["aria-invalid", "aria-describedby"]) field.removeAttribute(name);
  }
  one(".field-error", row)?.remove();
}

function remove(row) {
  const goal = row.nextElementSibling ?? row.previousElementSibling;
  if (goal) row.remove();
  else clear(row);
  one("input", goal ?? row).focus();
  say(word("reason_removed"));
}

export function startAdding() {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-add]")) addReason();
    const remover = event.target.closest("[data-remove]");
    if (remover) remove(remover.closest("[data-row]"));
  });
}
