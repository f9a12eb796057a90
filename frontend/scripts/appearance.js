// Theme and density: chosen by the user, kept in a cookie, rendered by the server.

const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
const YEAR = 365 * 24 * 3600;

function apply() {
  const choice = root.dataset.theme;
  root.dataset.bsTheme = choice === "auto" ? (dark.matches ? "dark" : "light") : choice;
}

// Applies the chosen theme, now and whenever the system changes its own.
export function follow() {
  apply();
  dark.addEventListener("change", apply);
}

export function keep(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
}

export function setTheme(choice) {
  root.dataset.theme = choice;
  keep("bw_theme", choice);
  apply();
}

export function switchTheme() {
  setTheme(root.dataset.bsTheme === "dark" ? "light" : "dark");
  return root.dataset.bsTheme;
}

export function setDensity(choice) {
  root.dataset.density = choice;
  keep("bw_density", choice);
}
