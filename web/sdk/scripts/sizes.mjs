// What the SDK weighs, against what it may: gzip, as it is sent.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const kB = 1000;
const dist = new URL("../dist/", import.meta.url);
const read = (name) => readFileSync(new URL(name, dist), "utf8");

async function minified(name) {
  const { build } = await import("vite");
  const result = await build({
    configFile: false,
    logLevel: "silent",
    build: {
      write: false,
      minify: true,
      lib: { entry: new URL(name, dist).pathname, formats: ["es"] },
      rollupOptions: { external: ["livekit-client"] },
    },
  });
  return (Array.isArray(result) ? result : [result])[0].output[0].code;
}

const budgets = [
  ["plenum.global.js, with livekit-client", read("plenum.global.js"), 190 * kB],
  ["index.js, minified, without livekit-client", await minified("index.js"), 35 * kB],
];
for (const [what, text, budget] of budgets) {
  const size = gzipSync(text).length;
  console.log(`${what}: ${(size / kB).toFixed(1)} kB of ${budget / kB} kB`);
  if (size > budget) process.exitCode = 1;
}
