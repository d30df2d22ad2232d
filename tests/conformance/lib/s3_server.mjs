// A bucket in memory that takes nothing on trust: each signature is computed again by another
// implementation, bodies are hashed, and multipart uploads follow S3's rules.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import http from 'node:http';
import aws4 from 'aws4';

const CREDENTIALS = { accessKeyId: 'AKEXAMPLE', secretAccessKey: 'hunter2/hunter2+hunter2' };
const REGION = 'eu-test-1';
const BUCKET = 'calls';
const MIN_PART = 5 << 20;
const LIST_PAGE = 3;

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const md5 = (bytes) => createHash('md5').update(bytes).digest('hex');
const xml = (root, inner) => `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inner}</${root}>`;
const SIGNED = { service: 's3', region: REGION };

function checkHeaderSignature(request, body) {
  const [, date, names, signature] = /^AWS4-HMAC-SHA256 Credential=AKEXAMPLE\/(\d{8})\/eu-test-1\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(request.headers.authorization ?? '') ?? [];
  if (!signature) return 'AccessDenied';
  const headers = Object.fromEntries(names.split(';').map((name) => [name, request.headers[name]]));
  if (!headers.host || !headers['x-amz-date']?.startsWith(date) || !headers['x-amz-content-sha256']) return 'AccessDenied';
  if (Object.keys(request.headers).some((name) => name.startsWith('x-amz-') && !headers[name])) return 'AccessDenied';
  if (headers['x-amz-content-sha256'] !== sha256(body)) return 'XAmzContentSHA256Mismatch';
  const again = aws4.sign({ ...SIGNED, method: request.method, host: headers.host, path: request.url, headers }, CREDENTIALS);
  return again.headers.Authorization.endsWith(`Signature=${signature}`) ? undefined : 'SignatureDoesNotMatch';
}

function checkQuerySignature(request, url) {
  const signature = url.searchParams.get('X-Amz-Signature');
  const left = new URLSearchParams(url.searchParams);
  for (const name of ['X-Amz-Signature', 'X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-SignedHeaders']) left.delete(name);
  const again = aws4.sign({ ...SIGNED, method: request.method, host: request.headers.host, path: `${url.pathname}?${left}`, signQuery: true }, CREDENTIALS);
  return new URL(again.path, 'http://x').searchParams.get('X-Amz-Signature') === signature ? undefined : 'SignatureDoesNotMatch';
}

export class S3Server {
  objects = new Map(); // key → { body, headers }
  uploads = new Map(); // id → { key, headers, parts: Map(number → { body, etag }) }
  /** Whatever was carried out: { action, key, number }. */
  log = [];
  count = 0;
  /** May answer { status, code }, 'drop' before or 'drop after' the action; may be async. */
  fault = () => undefined;

  async listen() {
    this.server = http.createServer((request, response) => this.#take(request, response).catch(() => request.socket.destroy()));
    await new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.port = this.server.address().port;
    return this;
  }
  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
  get environment() {
    return { S3_ENDPOINT: `http://127.0.0.1:${this.port}`, S3_REGION: REGION, S3_BUCKET: BUCKET, S3_KEY: CREDENTIALS.accessKeyId, S3_SECRET: CREDENTIALS.secretAccessKey };
  }
  get virtualEnvironment() {
    return { ...this.environment, S3_ENDPOINT: `http://localhost:${this.port}`, S3_VIRTUAL: '1' };
  }
  did(action) {
    return this.log.filter((entry) => entry.action === action);
  }

  async #take(request, response) {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const url = new URL(request.url, 'http://x');
    const error = (status, code) => response.writeHead(status, { 'content-type': 'application/xml' }).end(xml('Error', `<Code>${code}</Code><Message>no</Message>`));
    const wrong = url.searchParams.has('X-Amz-Signature') ? checkQuerySignature(request, url) : checkHeaderSignature(request, body);
    if (wrong) return error(403, wrong);
    const inHost = request.headers.host.startsWith(`${BUCKET}.`);
    const path = decodeURIComponent(url.pathname).slice(1);
    if (!inHost && path !== BUCKET && !path.startsWith(`${BUCKET}/`)) return error(404, 'NoSuchBucket');
    const key = inHost ? path : path.slice(BUCKET.length + 1);

    const call = { method: request.method, key, query: url.searchParams, headers: request.headers, body };
    const action = actionOf(call);
    const fault = await this.fault({ action, key, number: Number(call.query.get('partNumber')) });
    if (fault === 'drop') return request.socket.destroy();
    if (fault?.code) return error(fault.status, fault.code);
    const answer = this[action](call);
    if (fault === 'drop after') return request.socket.destroy();
    if (answer.code) return error(answer.status, answer.code);
    response.writeHead(answer.status ?? 200, answer.headers).end(answer.body);
  }

  #note(action, { key, query }) {
    this.log.push({ action, key, number: Number(query.get('partNumber')) });
  }
  #upload({ key, query }) {
    const found = this.uploads.get(query.get('uploadId'));
    return found?.key === key ? found : undefined;
  }

  putObject(call) {
    this.#note('putObject', call);
    this.objects.set(call.key, { body: call.body, headers: call.headers });
    return { headers: { etag: `"${md5(call.body)}"` } };
  }
  getObject({ key, method }) {
    const object = this.objects.get(key);
    if (!object) return { status: 404, code: 'NoSuchKey' };
    const mark = object.headers['x-amz-meta-plenum-upload'];
    return { headers: { 'content-length': object.body.length, ...(mark && { 'x-amz-meta-plenum-upload': mark }) }, body: method === 'HEAD' ? undefined : object.body };
  }
  createUpload(call) {
    this.#note('createUpload', call);
    const id = `up.${++this.count}_~/=`;
    this.uploads.set(id, { key: call.key, headers: call.headers, parts: new Map() });
    return { body: xml('InitiateMultipartUploadResult', `<Bucket>${BUCKET}</Bucket><Key>k</Key><UploadId>${id}</UploadId>`) };
  }
  uploadPart(call) {
    const upload = this.#upload(call);
    if (!upload) return { status: 404, code: 'NoSuchUpload' };
    this.#note('uploadPart', call);
    const etag = `"${md5(call.body)}"`;
    upload.parts.set(Number(call.query.get('partNumber')), { body: call.body, etag });
    return { headers: { etag } };
  }
  listParts(call) {
    const upload = this.#upload(call);
    if (!upload) return { status: 404, code: 'NoSuchUpload' };
    this.#note('listParts', call);
    const after = Number(call.query.get('part-number-marker') ?? 0);
    const all = [...upload.parts].filter(([n]) => n > after).sort(([a], [b]) => a - b);
    const page = all.slice(0, LIST_PAGE);
    const more = all.length > page.length;
    const parts = page.map(([n, { body, etag }]) => `<Part><PartNumber>${n}</PartNumber><ETag>${etag.replaceAll('"', '&quot;')}</ETag><Size>${body.length}</Size></Part>`);
    return { body: xml('ListPartsResult', `<IsTruncated>${more}</IsTruncated>${more ? `<NextPartNumberMarker>${page.at(-1)[0]}</NextPartNumberMarker>` : ''}${parts.join('')}`) };
  }
  listUploads({ query }) {
    const found = [...this.uploads].filter(([, { key }]) => key.startsWith(query.get('prefix')));
    return { body: xml('ListMultipartUploadsResult', found.map(([id, { key }]) => `<Upload><Key>${key}</Key><UploadId>${id}</UploadId></Upload>`).join('')) };
  }
  completeUpload(call) {
    const upload = this.#upload(call);
    if (!upload) return { status: 404, code: 'NoSuchUpload' };
    const named = [...call.body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]*)<\/ETag>/g)].map(([, n, etag]) => [Number(n), etag.replaceAll('&quot;', '"')]);
    const parts = named.map(([n]) => upload.parts.get(n));
    if (named.some(([n, etag], i) => parts[i]?.etag !== etag || (i > 0 && n <= named[i - 1][0]))) return { status: 400, code: 'InvalidPart' };
    if (parts.slice(0, -1).some(({ body }) => body.length < MIN_PART)) return { status: 400, code: 'EntityTooSmall' };
    this.#note('completeUpload', call);
    this.uploads.delete(call.query.get('uploadId'));
    this.objects.set(call.key, { body: Buffer.concat(parts.map(({ body }) => body)), headers: upload.headers });
    return { body: xml('CompleteMultipartUploadResult', `<ETag>"x-${parts.length}"</ETag>`) };
  }
  abortUpload(call) {
    if (!this.#upload(call)) return { status: 404, code: 'NoSuchUpload' };
    this.#note('abortUpload', call);
    this.uploads.delete(call.query.get('uploadId'));
    return { status: 204 };
  }
}

function actionOf({ method, key, query }) {
  if (key === '') return method === 'GET' && query.has('uploads') ? 'listUploads' : assert.fail('of the bucket only this');
  if (query.has('uploads')) return 'createUpload';
  if (!query.has('uploadId')) return method === 'PUT' ? 'putObject' : 'getObject';
  return { PUT: 'uploadPart', GET: 'listParts', POST: 'completeUpload', DELETE: 'abortUpload' }[method];
}
