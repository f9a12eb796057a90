// Copies what is shown once to where it is kept.

import { one } from "./dom.js";
import { toast } from "./messages.js";
import { word } from "./page.js";

export function startCopying() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const place = one(`#${button.dataset.copy}`);
    try {
      await navigator.clipboard.writeText(place.textContent);
      toast(word("copied"));
    } catch {
      // Without permission the text is marked, so that it can be copied by hand.
      getSelection().selectAllChildren(place);
    }
  });
}
