// Makes requests from the OpenAPI document, valid ones and broken ones, and holds the answers to it:
// only documented statuses, never a failure of the server. PLENUM_FUZZ_SECONDS sets how long,
// PLENUM_FUZZ_SEED repeats a run.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startServer } from '../e2e/lib/server.mjs';
import { call, restToken } from './lib/rest.mjs';

const SECONDS = Number(process.env.PLENUM_FUZZ_SECONDS ?? 5);
const SEED = Number(process.env.PLENUM_FUZZ_SEED ?? Date.now() % 1e9);

let state = SEED >>> 0;
/** mulberry32: the same requests for the same seed. */
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const below = (n) => Math.floor(random() * n);
const pick = (list) => list[below(list.length)];

const ODD = [
  '',
  ' ',
  '\0',
  '../..',
  "' OR 1=1 --",
  '%00',
  '%',
  '{}',
  'null',
  '-1',
  '1e999',
  'é\u202e𝒳',
  'x'.repeat(129),
  'x'.repeat(5000),
  '9223372036854775807',
  '9223372036854775808',
  '𝒳'.repeat(64),
];
const ODD_VALUES = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  [],
  {},
  [[]],
  { a: { b: [null] } },
  '\ud800',
  ...ODD,
];

function nested(depth) {
  let value = {};
  for (let i = 0; i < depth; ++i) value = { a: [value] };
  return value;
}

class Generator {
  constructor(document_) {
    this.document = document_;
    this.known = ['none-none-none'];
  }
  resolve(schema) {
    return schema.$ref ? this.document.components.schemas[schema.$ref.split('/').pop()] : schema;
  }
  value(written, name = '') {
    const schema = this.resolve(written);
    if (random() < 0.12) return pick(ODD_VALUES);
    if (schema.enum) return pick(schema.enum);
    const type = Array.isArray(schema.type) ? pick(schema.type) : schema.type;
    if (type === 'string') return this.text(schema, name);
    if (type === 'integer' || type === 'number') return (schema.minimum ?? 0) + below(5);
    if (type === 'boolean') return random() < 0.5;
    if (type === 'array')
      return Array.from({ length: below(4) }, () => this.value(schema.items ?? {}));
    if (type !== 'object') return null;
    const out = {};
    for (const [key, property] of Object.entries(schema.properties ?? {}))
      if (schema.required?.includes(key) ? random() < 0.95 : random() < 0.5)
        out[key] = this.value(property, key);
    if (random() < 0.05) out[pick(ODD) || 'x'] = nested(below(60));
    return out;
  }
  text(schema, name) {
    if (/id$/i.test(name) && random() < 0.7) return pick(this.known);
    if (schema.format === 'hook-url') return pick(['https://a.example/x', 'http://localhost:9/']);
    return pick(['ada', 'a', 'room-1', ...ODD]);
  }
  request(path, method, operation) {
    let at = path;
    const query = new URLSearchParams();
    for (const parameter of operation.parameters ?? []) {
      const value = this.value(parameter.schema, parameter.name === 'id' ? 'id' : parameter.name);
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      if (parameter.in === 'path')
        at = at.replace(
          `{${parameter.name}}`,
          encodeURIComponent(text.toWellFormed?.() ?? text.replace(/[\ud800-\udfff]/g, '')) || 'x',
        );
      else if (random() < 0.5) query.set(parameter.name, text);
    }
    const schema = operation.requestBody?.content['application/json']?.schema;
    let body = schema && JSON.stringify(this.value(schema));
    if (operation.requestBody && !schema) body = pick(ODD); // the bytes of a file
    if (body && random() < 0.05) body = body.slice(0, below(body.length));
    return { path: `${at}${query.size ? `?${query}` : ''}`, method: method.toUpperCase(), body };
  }
}

test(`every answer is documented (seed ${SEED}, ${SECONDS} s)`, async () => {
  const server = await startServer();
  try {
    const { json: document_ } = await call(server, 'GET', '/openapi.json', { token: null });
    const generator = new Generator(document_);
    const operations = Object.entries(document_.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );
    const tokens = [restToken(), restToken(), restToken({ roles: undefined }), null];
    const seen = {};
    const end = Date.now() + SECONDS * 1000;
    for (let n = 0; Date.now() < end; ++n) {
      const { path, method, operation } = operations[n % operations.length];
      const request = generator.request(path, method, operation);
      const got = await call(server, request.method, request.path, {
        body: request.body,
        token: pick(tokens),
      });
      const what = `${JSON.stringify(request)} → ${got.status} ${got.text.slice(0, 300)}`;
      // A path that lost its last segment is another path, or none.
      const documented =
        got.status in operation.responses ||
        [404, 405].includes(got.status) ||
        (got.status === 400 && request.path.includes('%00')); // a path that cannot be decoded
      const failed = got.status >= 500 && got.status !== 501; // 501: no failure, it says what is absent
      assert.ok(!failed && documented, what);
      assert.ok(got.json !== undefined, what);
      if (got.status !== 200) assert.equal(got.json.statusCode, got.status, what);
      seen[`${operation.operationId} ${got.status}`] =
        (seen[`${operation.operationId} ${got.status}`] ?? 0) + 1;
      if (
        operation.operationId === 'createRoom' &&
        got.status === 200 &&
        generator.known.length < 50
      )
        generator.known.push(got.json.roomId, got.json.id, got.json.customRoomId ?? 'none');
    }
    for (const { operation } of operations)
      assert.ok(
        Object.keys(seen).some((key) => key.startsWith(`${operation.operationId} `)),
        `${operation.operationId} was never called`,
      );
  } finally {
    await server.stop();
  }
});
