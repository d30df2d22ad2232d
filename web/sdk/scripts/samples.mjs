// Compiles every code sample of docs/sdk/*.md against the built types. A block that goes on from an
// earlier one of its page says so by `continues` after the language; one that is not to be compiled has
// another language than js, ts or tsx.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const sdk = fileURLToPath(new URL("..", import.meta.url));
const docs = join(sdk, "../../docs/sdk");
const out = join(sdk, "dist/samples");
const pages = [
  "javascript.md",
  "react-native.md",
  "migrate-from-videosdk.md",
  "migrate-from-livekit.md",
];

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
let count = 0;
for (const page of readdirSync(docs).filter((name) => pages.includes(name))) {
  const text = readFileSync(join(docs, page), "utf8");
  let before = "";
  for (const [, language, more, code] of text.matchAll(/^```(\w+)([^\n]*)\n([\s\S]*?)^```/gm)) {
    if (!["js", "ts"].includes(language)) continue;
    const whole = more.includes("continues") ? before + code : code;
    before = whole;
    count += 1;
    writeFileSync(join(out, `${page.replace(".md", "")}-${count}.ts`), `${whole}\nexport {};\n`);
  }
}
writeFileSync(
  join(out, "tsconfig.json"),
  JSON.stringify({
    extends: "../../../tsconfig.base.json",
    compilerOptions: {
      lib: ["ES2023", "DOM", "DOM.Iterable"],
      types: [],
      noEmit: true,
      noUnusedLocals: false,
      // Samples are JavaScript: what they do not say the type of may be anything.
      noImplicitAny: false,
      paths: { "@plenum/js-sdk": ["../index.d.ts"] },
    },
    include: ["*.ts", "../../scripts/samples.d.ts"],
  }),
);
execFileSync("npx", ["tsc", "-p", out], { cwd: sdk, stdio: "inherit" });
console.log(`${count} samples compile`);
