// Lists: J and K move, X ticks where rows can be ticked, Enter opens.

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
  one("a", current)?.focus();
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
  const ticks = one(".row-tick") ? [["x", word("select_row")]] : [];
  return [["j", word("next_row")], ["k", word("row_before")], ...ticks, ["Enter", word("open_row")]];
}

function showBulk() {
  const bar = one(".bulk");
  if (!bar) return;
  const ticks = all(".row-tick");
  const count = ticks.filter((box) => box.checked).length;
  bar.hidden = count === 0;
  one("[data-count]", bar).textContent = word("selected", { count });
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

export function startList() {
  addKeys({ press, lines });
  document.addEventListener("change", (event) => {
    if (event.target.matches(".all-tick")) for (const box of all(".row-tick")) box.checked = event.target.checked;
    if (event.target.matches(".row-tick, .all-tick")) showBulk();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-filter]");
    if (!link) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    openFilter(link);
  }, true);
}
