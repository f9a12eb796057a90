// Runs before anything is painted: decides "auto", so that nothing flashes.

import { follow } from "./appearance.js";

document.documentElement.dataset.scripted = "";
follow();
