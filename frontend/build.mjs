// Builds styles, scripts, fonts and icons into the static files of kernel.web.
// The names are plain and the addresses in the styles relative: Django's static storage adds the hashes.

import { build } from "esbuild";
import { cp, glob, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const SOURCE = join(HERE, "../src/bailiwick");
const TARGET = join(SOURCE, "kernel/web/static/build");
const ICONS = join(HERE, "node_modules/@tabler/icons/icons/outline");

// Where an icon is named: {% icon "x" %}, icon="x", icon("x") in scripts, the fourth word of a NavigationItem and the
// third of a BulkAction.
const NAMED = [
  /\bicon[ =(]"([a-z0-9-]+)"/g,
  /BulkAction\(\s*"[\w-]+",\s*(?:\w+\()?"[^"]*"\)?,\s*"([a-z0-9-]+)"/g,
  /NavigationItem\([^"]*(?:"[^":]*"[^":]*)*"[\w-]+:[\w-]+",\s*"([a-z0-9-]+)"/g,
];

async function findIcons() {
  const names = new Set();
  const places = [join(SOURCE, "**/*.html"), join(SOURCE, "**/*.py"), join(HERE, "scripts/*.js")];
  for (const place of places) {
    for await (const file of glob(place)) {
      const text = await readFile(file, "utf8");
      for (const pattern of NAMED) for (const found of text.matchAll(pattern)) names.add(found[1]);
    }
  }
  return [...names].sort();
}

async function buildSprite() {
  const symbols = [];
  for (const name of await findIcons()) {
    const svg = await readFile(join(ICONS, `${name}.svg`), "utf8").catch(() => {
      throw new Error(`There is no Tabler outline icon "${name}".`);
    });
    const inner = svg.replace(/<!--[\s\S]*?-->|<\/?svg[^>]*>/g, "").replace(/\s+/g, " ").trim();
    symbols.push(
      `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round">${inner}</symbol>`,
    );
  }
  await writeFile(join(TARGET, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
  return symbols.length;
}

await rm(TARGET, { recursive: true, force: true });
await mkdir(TARGET, { recursive: true });
await build({
  entryPoints: {
    main: join(HERE, "styles/main.css"),
    app: join(HERE, "scripts/app.js"),
    theme: join(HERE, "scripts/theme.js"),
    charts: join(HERE, "scripts/charts.js"),
    passkeys: join(HERE, "scripts/passkeys.js"),
  },
  outdir: TARGET,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome125", "firefox128", "safari17.5"],
  loader: { ".woff2": "file" },
  assetNames: "fonts/[name]",
  legalComments: "none",
  logLevel: "warning",
});
await cp(join(HERE, "images"), TARGET, { recursive: true });
console.log(`Front end built, ${await buildSprite()} icons.`);
