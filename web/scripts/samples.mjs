// Compiles the code samples of pages of docs/sdk against the built types of a package, in whose folder it
// is run: node ../scripts/samples.mjs PAGE… A block that goes on from the one before it on its page says so
// by `continues` after the language; what is not to be compiled has another language than js, ts or tsx.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.cwd();
const { name } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const out = join(folder, "dist/samples");

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
let count = 0;
for (const page of process.argv.slice(2)) {
  const text = readFileSync(join(folder, "../../docs/sdk", `${page}.md`), "utf8");
  let before = "";
  for (const [, language, more, code] of text.matchAll(/^```(\w+)([^\n]*)\n([\s\S]*?)^```/gm)) {
    if (!["js", "ts", "tsx"].includes(language)) continue;
    before = more.includes("continues") ? before + code : code;
    count += 1;
    const ending = language === "tsx" ? "tsx" : "ts";
    writeFileSync(join(out, `${page}-${count}.${ending}`), `${before}\nexport {};\n`);
  }
}
const declared = "../../scripts/samples.d.ts";
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
      // Samples are JavaScript: what they do not say the type of may be anything.
      noImplicitAny: false,
      paths: { [name]: ["../index.d.ts"] },
    },
    include: ["*.ts", "*.tsx", ...(existsSync(join(out, declared)) ? [declared] : [])],
  }),
);
execFileSync("npx", ["tsc", "-p", out], { stdio: "inherit" });
console.log(`${count} samples compile`);
