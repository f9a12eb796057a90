// Native dialogs: Esc and the ground close them unless text was typed; focus goes back to where it was.

import { all, icon, make, one } from "./dom.js";
import { word } from "./page.js";

// Opens a dialog made of the given elements; it is removed when it closes.
export function openDialog({ id, kind, title, body, foot }) {
  one(`#${id}`)?.remove();
  const dialog = make("dialog", { id, class: kind });
  if (title) {
    dialog.setAttribute("aria-labelledby", `${id}-title`);
    const close = make("button", { class: "btn btn-quiet btn-icon", type: "button", "data-close": true, "aria-label": word("close") }, icon("x"));
    dialog.append(make("div", { class: "dlg-head" }, make("h2", { class: "grow", id: `${id}-title` }, title), close));
    dialog.append(make("div", { class: "dlg-body" }, ...body));
    if (foot) dialog.append(make("div", { class: "dlg-foot" }, ...foot));
  } else {
    dialog.append(...body);
  }
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
  return dialog;
}

const wasTyped = (dialog) =>
  all("input:not([type=hidden], [role=combobox]), textarea", dialog).some((field) =>
    ["checkbox", "radio"].includes(field.type) ? false : field.value !== field.defaultValue);

export const isDialogOpen = () => Boolean(one("dialog[open]"));

export function startDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) {
      event.preventDefault();
      document.getElementById(opener.dataset.open)?.showModal();
    }
    if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
    if (event.target.tagName === "DIALOG" && !wasTyped(event.target)) event.target.close();
    closeMenus(event.target);
  });
  document.addEventListener("cancel", (event) => {
    if (event.target.tagName === "DIALOG" && wasTyped(event.target)) event.preventDefault();
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of all("details.menu[open]")) {
      menu.open = false;
      one("summary", menu).focus();
    }
  });
  document.addEventListener("focusin", (event) => closeMenus(event.target));
}

function closeMenus(except) {
  for (const menu of all("details.menu[open]")) if (!menu.contains(except)) menu.open = false;
}
