// Jump to a page or start an action by typing its name.

import { switchTheme } from "./appearance.js";
import { icon, make, one } from "./dom.js";
import { openDialog } from "./dialogs.js";
import { startNextItem } from "./keys.js";
import { say } from "./messages.js";
import { page, word } from "./page.js";

function entries() {
  const found = page.places.map((place) => ({
    icon: place.icon, title: place.title, kind: word("go_to"), run: () => { location.href = place.url; },
  }));
  if (one("#next-item")) {
    found.push({ icon: "player-play", title: word("next_item"), kind: word("action"), run: startNextItem });
  }
  found.push({ icon: "moon", title: word("switch_theme"), kind: word("action"), run: () => say(word(`theme_is_${switchTheme()}`)) });
  return found;
}

export function openPalette() {
  const known = entries();
  const input = make("input", {
    role: "combobox", "aria-expanded": "true", "aria-controls": "palette-list", "aria-autocomplete": "list",
    "aria-label": word("search_or_jump"), placeholder: word("type_here"), autocomplete: "off", spellcheck: "false",
  });
  const list = make("ul", { role: "listbox", id: "palette-list", "aria-label": word("results") });
  const nothing = make("p", { class: "palette-none dim", role: "status", hidden: true }, word("nothing_called"));
  const dialog = openDialog({ id: "palette", kind: "palette", body: [input, list, nothing] });
  dialog.setAttribute("aria-label", word("search_or_jump"));
  let at = 0;
  let shown = known;

  function draw() {
    const wanted = input.value.trim().toLowerCase();
    shown = known.filter((entry) => entry.title.toLowerCase().includes(wanted));
    at = Math.max(0, Math.min(at, shown.length - 1));
    list.replaceChildren(...shown.map((entry, n) => make("li", { role: "option", id: `palette-${n}`, "aria-selected": String(n === at) },
      icon(entry.icon), make("span", {}, entry.title), make("small", {}, entry.kind))));
    list.hidden = !shown.length;
    nothing.hidden = Boolean(shown.length);
    if (shown.length) input.setAttribute("aria-activedescendant", `palette-${at}`);
    else input.removeAttribute("aria-activedescendant");
  }

  function choose(n) {
    if (!shown[n]) return;
    dialog.close();
    shown[n].run();
  }

  input.addEventListener("input", () => { at = 0; draw(); });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { at += step; draw(); event.preventDefault(); }
    if (event.key === "Enter") { choose(at); event.preventDefault(); }
  });
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(Number(option.id.slice("palette-".length)));
  });
  draw();
  input.focus();
}
