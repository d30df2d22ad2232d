// Fails when what the first load needs has grown beyond its budget: the entry, what it imports at once,
// and their styles, compressed as a server would send them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const BUDGET_BYTES = 350_000;
const dist = join(import.meta.dirname, "../dist");
const manifest = JSON.parse(readFileSync(join(dist, "manifest.json"), "utf8"));

const files = new Set(["index.html"]);
function need(name) {
  const chunk = manifest[name];
  if (files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const style of chunk.css ?? []) files.add(style);
  for (const other of chunk.imports ?? []) need(other);
}
need("index.html");
need("src/meeting/Meeting.tsx"); // nobody comes for the lobby alone

let total = 0;
for (const file of files) total += gzipSync(readFileSync(join(dist, file)), { level: 6 }).length;
console.log(`first load: ${(total / 1000).toFixed(1)} kB gzip of ${BUDGET_BYTES / 1000} kB`);
if (total > BUDGET_BYTES) process.exit(1);
