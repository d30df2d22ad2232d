// The reference in docs/sdk/reference.md, out of the types' own comments (dist/api/sdk.api.json).
// `--check` fails when the file is not what it would be.
import { readFileSync, writeFileSync } from "node:fs";

const model = JSON.parse(
  readFileSync(new URL("../dist/api/sdk.api.json", import.meta.url), "utf8"),
);
const target = new URL("../../../docs/sdk/reference.md", import.meta.url);

const text = (comment) =>
  (comment ?? "")
    .replace(/^\/\*\*|\*\/\s*$/g, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trim())
    .filter(Boolean)
    .join(" ")
    .replace(/\{@link (\w+)\}/g, "`$1`")
    .replace(/@param (\w+) /g, "`$1`: ")
    .replace(/@returns /g, "Answers ");
const signature = (item) =>
  item.excerptTokens
    .map((token) => token.text)
    .join("")
    .replace(/\s+/g, " ")
    .replace(/^export (declare )?/, "")
    .replace(/;$/, "");
const row = (member) =>
  `| \`${signature(member).replaceAll("|", "\\|")}\` | ${text(member.docComment).replaceAll("|", "\\|")} |`;

const order = ["Class", "Variable", "Function", "Interface", "TypeAlias"];
const titles = {
  Class: "Classes",
  Variable: "Values",
  Function: "Functions",
  Interface: "Shapes",
  TypeAlias: "Types",
};
const members = model.members[0].members;
const lines = [
  "# Reference of @plenum/js-sdk",
  "",
  "Made from the types' own comments by `npm run docs` in `web/sdk`; change them there.",
];
for (const kind of order) {
  lines.push("", `## ${titles[kind]}`);
  for (const item of members.filter((member) => member.kind === kind)) {
    lines.push("", `### ${item.name}`, "", text(item.docComment));
    const inner = (item.members ?? []).filter((member) => member.kind !== "Constructor");
    if (inner.length === 0) {
      const code = signature(item);
      if (code.length < 400) lines.push("", `\`${code}\``);
    } else lines.push("", "| | |", "|---|---|", ...inner.map(row));
  }
}
const made = `${lines.join("\n").replace(/\n{3,}/g, "\n\n")}\n`;
if (!process.argv.includes("--check")) writeFileSync(target, made);
else if (readFileSync(target, "utf8") !== made) {
  console.error("docs/sdk/reference.md is out of date: npm run docs");
  process.exitCode = 1;
}
