// Lists: J and K move, X ticks, Enter opens; ticks bring the bar of actions.

import { all, one } from "./dom.js";
import { addKeys } from "./keys.js";
import { word } from "./page.js";

let current = null;

const rows = () => all("[data-rows] tbody tr");

function move(step) {
  const found = rows();
  if (!found.length) return false;
  const at = found.indexOf(current);
  current?.classList.remove("cursor");
  current = found[Math.max(0, Math.min(found.length - 1, at + step))];
  current.classList.add("cursor");
  (one("a", current) ?? one(".row-tick", current))?.focus();
  return true;
}

function press(key) {
  if (key === "j") return move(1);
  if (key === "k") return move(current ? -1 : 1);
  const tick = key === "x" && current?.isConnected && one(".row-tick", current);
  if (tick) tick.click();
  return Boolean(tick);
}

function lines() {
  if (!rows().length) return [];
  return [["j", word("next_row")], ["k", word("row_before")], ["x", word("select_row")], ["Enter", word("open_row")]];
}

// The bar shows by itself as soon as a row is ticked; what it counts is told here.
function countTicks() {
  const bar = one(".bulk");
  if (!bar) return;
  const ticks = all(".row-tick");
  const count = ticks.filter((box) => box.checked).length;
  const whole = one("[name=all]", bar);
  const text = whole?.checked ? whole.parentElement.textContent.trim() : word("selected", { count });
  one("[data-count]", bar).textContent = text;
  const head = one(".all-tick");
  head.checked = count === ticks.length;
  head.indeterminate = count > 0 && !head.checked;
}

// A filter's chip opens the editor at its field.
function openFilter(link) {
  const editor = one("#filters");
  editor.open = true;
  one(`[name="${link.dataset.filter}"]`, editor)?.focus();
}

// A form that was refused inside a dialog comes back with the dialog open.
function reopenDialogs() {
  for (const dialog of all("dialog[data-show]")) {
    dialog.close();
    dialog.showModal();
  }
}

export function startList() {
  addKeys({ press, lines });
  reopenDialogs();
  countTicks();
  document.addEventListener("change", (event) => {
    if (event.target.matches(".all-tick")) for (const box of all(".row-tick")) box.checked = event.target.checked;
    if (event.target.matches(".row-tick, .all-tick, .bulk [name=all]")) countTicks();
  });
  document.addEventListener("reset", (event) => {
    if (event.target.id === "selection") setTimeout(countTicks);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-filter]");
    if (!link) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    openFilter(link);
  }, true);
}
