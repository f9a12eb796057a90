// The list of keys.

import { make, one } from "./dom.js";
import { openDialog } from "./dialogs.js";
import { areSingleKeysOn, switchSingleKeys } from "./keys.js";
import { page, word } from "./page.js";

const shown = (key) => (key === "Ctrl" ? word("ctrl") : key.length === 1 ? key.toUpperCase() : key);

function line([keys, text]) {
  const signs = keys.split(" ").flatMap((key) => [make("kbd", {}, shown(key)), " "]);
  return make("div", { class: "row-x" }, make("span", { class: "dim" }, text), make("span", { class: "push nowrap" }, ...signs));
}

export function openHelp(own) {
  const everywhere = [
    ["Ctrl K", word("search_or_jump")],
    ["?", word("this_help")],
    ...(one("[data-search]") ? [["/", word("search_list")]] : []),
    ...(one("#next-item") ? [["n", word("next_item")]] : []),
    ["Esc", word("close_or_back")],
    ...page.places.filter((place) => place.key).map((place) => [`g ${place.key}`, place.title]),
  ];
  const box = make("input", { class: "form-check-input", type: "checkbox" });
  box.checked = areSingleKeysOn();
  box.addEventListener("change", () => switchSingleKeys(box.checked));
  const hint = make("span", {}, make("b", { class: "strong" }, word("single_keys")), make("br"), make("span", { class: "dim" }, word("single_keys_hint")));
  const column = (title, lines) => make("div", { class: "stack" }, make("h3", {}, title), ...lines.map(line));
  openDialog({
    id: "help",
    kind: "dlg",
    title: word("keyboard"),
    body: [
      make("div", { class: "grid-2" },
        column(word("on_this_page"), own.length ? own : [["?", word("no_keys")]]),
        column(word("everywhere"), everywhere)),
      make("label", { class: "choice" }, box, hint),
    ],
  });
}
