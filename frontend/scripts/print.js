// On paper nothing is folded away: the tables of charts, and what an opinion supersedes.

import { all } from "./dom.js";

export function unfoldForPrint() {
  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = [...all("details.as-table:not([open]), details.earlier:not([open])")];
    for (const each of unfolded) each.open = true;
  });
  addEventListener("afterprint", () => { for (const each of unfolded) each.open = false; });
}
