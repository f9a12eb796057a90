// Times: the server writes them relative; pointing at one shows it in the reader's own zone.

import { all } from "./dom.js";

const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "long" });

export function localiseTimes() {
  for (const element of all("time[data-full]:not([data-local])")) {
    const full = format.format(new Date(element.dateTime));
    Object.assign(element.dataset, { full, local: "" });
    element.title = full;
  }
}
