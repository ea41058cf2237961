// Copies the browser libraries named in package.json, as published, into static/vendor/ (never in git).
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";

const FILES = {
  "hls.js/dist/hls.light.min.mjs": "hls.light.min.mjs",
  "htmx.org/dist/htmx.min.js": "htmx.min.js",
  "leaflet/dist/leaflet.css": "leaflet.css",
  "leaflet/dist/leaflet.js": "leaflet.js",
  "tus-js-client/dist/tus.min.js": "tus.min.js",
};
const root = new URL("../", import.meta.url);
const target = new URL("static/vendor/", root);

await mkdir(target, { recursive: true });
const versions = {};
for (const [from, to] of Object.entries(FILES)) {
  await copyFile(new URL(`node_modules/${from}`, root), new URL(to, target));
  const name = from.split("/")[0];
  versions[name] = JSON.parse(await readFile(new URL(`node_modules/${name}/package.json`, root), "utf8")).version;
}
await writeFile(new URL("versions.json", target), `${JSON.stringify(versions, null, 2)}\n`);
console.log(`static/vendor: ${Object.entries(versions).map((pair) => pair.join(" ")).join(", ")}`);
