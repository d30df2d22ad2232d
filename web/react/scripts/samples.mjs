// Compiles every code sample of docs/sdk/react.md against the built types. A block that goes on from the
// one before says so by `continues` after the language.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const text = readFileSync(join(root, "../../docs/sdk/react.md"), "utf8");
const out = join(root, "dist/samples");

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
let before = "";
let count = 0;
for (const [, more, code] of text.matchAll(/^```tsx([^\n]*)\n([\s\S]*?)^```/gm)) {
  before = more.includes("continues") ? before + code : code;
  count += 1;
  writeFileSync(join(out, `sample-${count}.tsx`), `${before}\nexport {};\n`);
}
writeFileSync(
  join(out, "tsconfig.json"),
  JSON.stringify({
    extends: "../../../tsconfig.base.json",
    compilerOptions: {
      lib: ["ES2023", "DOM", "DOM.Iterable"],
      jsx: "react-jsx",
      types: [],
      noEmit: true,
      noUnusedLocals: false,
      paths: { "@plenum/react-sdk": ["../index.d.ts"] },
    },
    include: ["*.tsx"],
  }),
);
execFileSync("npx", ["tsc", "-p", out], { cwd: root, stdio: "inherit" });
console.log(`${count} samples compile`);
