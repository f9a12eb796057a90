// Runs before anything is painted: decides "auto", so that nothing flashes, and tells the server the browser's zone.

import { follow, keep } from "./appearance.js";

document.documentElement.dataset.scripted = "";
follow();
keep("bw_zone", Intl.DateTimeFormat().resolvedOptions().timeZone);
