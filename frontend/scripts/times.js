// Times: the server writes them relative; pointing at one shows it in the reader's zone.

import { all } from "./dom.js";

// The page's language in the reader's own way: British days for "en" where the browser speaks British English.
const { lang, dataset } = document.documentElement;
const locale = navigator.languages.find((each) => each.split("-")[0] === lang) ?? lang;
const format = new Intl.DateTimeFormat(locale, {
  dateStyle: "medium", timeStyle: "long", hourCycle: "h23", timeZone: dataset.zone || undefined,
});

export function localiseTimes() {
  for (const element of all("time[data-full]:not([data-local])")) {
    const full = format.format(new Date(element.dateTime));
    Object.assign(element.dataset, { full, local: "" });
    element.title = full;
  }
}
