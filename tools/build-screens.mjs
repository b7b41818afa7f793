// Bundles every screen's TypeScript and CSS into static files. Runs in well under a second; prints what a page will weigh.
import { readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

import { build } from "esbuild";

const COMPONENTS = "yiwang/body/components";
const OUT = join(COMPONENTS, "static/components/dist");
const ENTRIES = {
  app: `${COMPONENTS}/assets/ts/app.ts`,
  portal: `${COMPONENTS}/assets/ts/portal.ts`,
  map: `${COMPONENTS}/assets/ts/map.ts`,
  "map-worker": "maplibre-gl/dist/maplibre-gl-worker.mjs",
};
const STYLES = ["app", "dark", "map"].map((name) => `${COMPONENTS}/assets/css/${name}.css`);
// Counters and dispatch centres still run Windows 7 with its last Chromium.
const BROWSERS = ["chrome109", "firefox115", "safari15.4"];

// MapLibre's licence asks that its notice travels along; it lies beside the bundle as LEGAL.txt.
const options = {
  bundle: true,
  minify: true,
  format: "esm",
  target: BROWSERS,
  outdir: OUT,
  legalComments: "external",
  logLevel: "warning",
};
await rm(OUT, { recursive: true, force: true });
await Promise.all([build({ ...options, entryPoints: ENTRIES }), build({ ...options, entryPoints: STYLES })]);

// The compressed twin is what the web server sends; browsers take brotli only over TLS, gzip everywhere.
async function compress(name) {
  const content = await readFile(join(OUT, name));
  const packed = await promisify(gzip)(content);
  await writeFile(join(OUT, `${name}.gz`), packed);
  const [raw, small] = [content, packed].map(({ length }) => (length / 1024).toFixed(1));
  return `${name.padEnd(16)} ${raw.padStart(8)} kB ${small.padStart(8)} kB gzip`;
}

const names = (await readdir(OUT)).filter((name) => /\.(js|css)$/.test(name)).sort();
console.log((await Promise.all(names.map(compress))).join("\n"));
