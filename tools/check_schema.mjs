// Holds proto/*.proto to the published LiveKit schema: every message, field and enum value of ours
// must be in the reflection of @livekit/protocol (pinned in package.json) with the same meaning on
// the wire. What only the package has is allowed; --report-missing lists it.
//
//   npm ci --prefix tools && node tools/check_schema.mjs [--report-missing]
//
// Exit code 0 = equal, 1 = a mismatch (each is printed), 2 = the check could not run.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..");
const { FileDescriptorSet, FieldDescriptorProto_Label: Label, FieldDescriptorProto_Type: Type, proto3 } =
  await import("@bufbuild/protobuf").catch(() => unable("run `npm ci --prefix tools` first"));

function unable(why) {
  console.error(`check_schema: ${why}`);
  process.exit(2);
}

/** Everything the package exports that describes a message or an enum, by full name. */
async function publishedTypes() {
  const gen = join(here, "node_modules", "@livekit", "protocol", "src", "gen");
  const messages = new Map();
  const enums = new Map();
  for (const file of readdirSync(gen, { recursive: true })) {
    if (!file.endsWith("_pb.js")) continue;
    for (const exported of Object.values(await import(pathToFileURL(join(gen, file))))) {
      if (typeof exported === "function" && exported.fields) {
        messages.set(exported.typeName, exported);
      } else if (typeof exported === "object") {
        const type = enumTypeOf(exported);
        if (type) enums.set(type.typeName, type);
      }
    }
  }
  return { messages, enums };
}

function enumTypeOf(exported) {
  try {
    return proto3.getEnumType(exported);
  } catch {
    return undefined;
  }
}

function ourDescriptors() {
  const files = readdirSync(join(root, "proto"))
    .filter((f) => f.startsWith("livekit") && f.endsWith(".proto"))
    .map((f) => `proto/${f}`);
  const scratch = mkdtempSync(join(tmpdir(), "check-schema-"));
  const out = join(scratch, "set.bin");
  try {
    execFileSync("protoc", ["-I", root, "--include_imports", `--descriptor_set_out=${out}`, ...files]);
    return FileDescriptorSet.fromBinary(readFileSync(out)).file.filter((f) => f.package.startsWith("livekit"));
  } catch (error) {
    return unable(`protoc: ${error.message}`);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

const mismatches = [];
const unused = [];
let compared = 0;
function same(where, what, ours, published) {
  compared += 1;
  if (ours !== published) mismatches.push(`${where}: ${what} is ${ours}, published ${published}`);
}

/** Scalar types have the same numbers in descriptors and in the reflection. */
const typeText = (kind, T) => (kind === "scalar" ? Type[T].toLowerCase() : T.typeName);
const isMessageOrEnum = (f) => f.type === Type.MESSAGE || f.type === Type.ENUM;
const ourTypeText = (f) => (isMessageOrEnum(f) ? f.typeName.slice(1) : Type[f.type].toLowerCase());

function checkField(where, ours, published, message) {
  same(where, "name", ours.name, published.name);
  same(where, "JSON name", ours.jsonName, published.jsonName);
  const entry = message.nestedType.find((t) => t.options?.mapEntry && ours.typeName?.endsWith(`.${t.name}`));
  if (entry || published.kind === "map") {
    const [key, value] = entry ? entry.field : [];
    const text = (k, v) => `map<${k}, ${v}>`;
    same(where, "type", entry ? text(ourTypeText(key), ourTypeText(value)) : ourTypeText(ours),
      published.kind === "map"
        ? text(typeText("scalar", published.K), typeText(published.V.kind, published.V.T))
        : typeText(published.kind, published.T));
    return;
  }
  same(where, "type", ourTypeText(ours), typeText(published.kind, published.T));
  same(where, "repeated", ours.label === Label.REPEATED, Boolean(published.repeated));
  const oneof = ours.oneofIndex !== undefined && !ours.proto3Optional ? message.oneofDecl[ours.oneofIndex].name : "";
  same(where, "oneof", oneof, published.oneof?.name ?? "");
  // On message fields `optional` changes nothing, and the reflection does not always show it.
  if (ours.type !== Type.MESSAGE) same(where, "optional", Boolean(ours.proto3Optional), Boolean(published.opt));
}

function checkMessage(name, ours, types) {
  for (const nested of ours.enumType) checkEnum(`${name}.${nested.name}`, nested, types);
  for (const nested of ours.nestedType)
    if (!nested.options?.mapEntry) checkMessage(`${name}.${nested.name}`, nested, types);
  const published = types.messages.get(name);
  if (!published) {
    // A message that only holds nested types has no class of its own in the package.
    if (ours.field.length > 0) mismatches.push(`${name}: message is not in the published schema`);
    return;
  }
  for (const field of ours.field) {
    const counterpart = published.fields.find(field.number);
    if (counterpart) checkField(`${name}.${field.name}`, field, counterpart, ours);
    else mismatches.push(`${name}.${field.name}: number ${field.number} is not in the published schema`);
  }
  for (const f of published.fields.list())
    if (!ours.field.some((o) => o.number === f.no)) unused.push(`${name}.${f.name} = ${f.no}`);
}

function checkEnum(name, ours, types) {
  const published = types.enums.get(name);
  if (!published) {
    mismatches.push(`${name}: enum is not in the published schema`);
    return;
  }
  for (const value of ours.value)
    same(`${name}.${value.name}`, "number", value.number, published.findName(value.name)?.no ?? "absent");
  for (const v of published.values)
    if (!ours.value.some((o) => o.name === v.name)) unused.push(`${name}.${v.name} = ${v.no}`);
}

const types = await publishedTypes().catch((error) => unable(error.message));
for (const file of ourDescriptors()) {
  for (const e of file.enumType) checkEnum(`${file.package}.${e.name}`, e, types);
  for (const m of file.messageType) checkMessage(`${file.package}.${m.name}`, m, types);
}
if (process.argv.includes("--report-missing")) for (const line of unused) console.log(`not used: ${line}`);
for (const line of mismatches) console.error(line);
console.log(`${compared} properties compared, ${mismatches.length} mismatches, ${unused.length} published elements not used`);
process.exit(mismatches.length ? 1 : 0);
