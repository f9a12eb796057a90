// Starts the parts of a page. The markup works without: links are links and forms are forms.

import { setDensity, setTheme, switchTheme } from "./appearance.js";
import { startBench, takeBench } from "./bench.js";
import { startCopying } from "./copy.js";
import { startDialogs } from "./dialogs.js";
import { openHelp } from "./help.js";
import { ownLines, startKeys } from "./keys.js";
import { startLease } from "./lease.js";
import { startList } from "./list.js";
import { say, startMessages } from "./messages.js";
import { word } from "./page.js";
import { openPalette } from "./palette.js";
import { unfoldForPrint } from "./print.js";
import { startRequests } from "./requests.js";
import { startSending } from "./sending.js";
import { localiseTimes } from "./times.js";

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-help]")) openHelp(ownLines());
  if (event.target.closest("[data-jump]")) openPalette();
  if (event.target.closest("[data-switch-theme]")) say(word(`theme_is_${switchTheme()}`));
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-set-theme]")) setTheme(event.target.value);
  if (event.target.matches("[data-set-density]")) setDensity(event.target.value);
});

startCopying();
startDialogs();
startMessages();
startList();
startBench();
startLease();
startKeys();
unfoldForPrint();
startSending();
startRequests(() => { takeBench(); localiseTimes(); });
localiseTimes();
