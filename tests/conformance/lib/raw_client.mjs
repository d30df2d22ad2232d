// The signalling protocol by hand: HTTP refusals, WebSocket frames in protobuf or JSON, no media.
import { gzipSync } from 'node:zlib';
import {
  ClientInfo,
  ClientInfo_SDK,
  JoinRequest,
  SignalRequest,
  SignalResponse,
  WrappedJoinRequest,
  WrappedJoinRequest_Compression,
} from '@livekit/protocol';
import WebSocket from 'ws';
import { until, within } from '../../e2e/lib/poll.mjs';

const OPEN_TIMEOUT_MS = 5000;
const Compression = WrappedJoinRequest_Compression;

/**
 * A v1 join request as the query parameter carries it.
 * @param {{gzip?: boolean, join?: object}} options join: fields of JoinRequest that differ
 * @returns {Buffer} the bytes, still to be written in some base64
 */
export function joinRequestBytes({ gzip = false, join = {} } = {}) {
  const request = new JoinRequest({
    clientInfo: new ClientInfo({
      sdk: ClientInfo_SDK.JS,
      protocol: 17,
      version: '2.23.0',
      clientProtocol: 2,
    }),
    connectionSettings: { autoSubscribe: true },
    ...join,
  }).toBinary();
  return Buffer.from(
    new WrappedJoinRequest({
      compression: gzip ? Compression.GZIP : Compression.NONE,
      joinRequest: gzip ? new Uint8Array(gzipSync(request)) : request,
    }).toBinary(),
  );
}

export const v1Path = (token, options) => {
  const query = new URLSearchParams({
    join_request: joinRequestBytes(options).toString('base64url'),
  });
  if (token) query.set('access_token', token);
  return `/rtc/v1?${query}`;
};

export function v0Path(token, extra = {}) {
  const query = new URLSearchParams({
    protocol: '17',
    auto_subscribe: '1',
    sdk: 'js',
    version: '2.23.0',
    ...extra,
  });
  if (token) query.set('access_token', token);
  return `/rtc?${query}`;
}

/** A signal connection. Messages are kept in order; `text` sends and expects JSON. */
export class RawClient {
  messages = [];
  /** For each message 'binary' or 'text'. */
  frameKinds = [];
  closed = undefined;

  /**
   * @returns {Promise<RawClient | {refused: {status: number, body: string, headers: object}}>}
   */
  static open(wsUrl, path, { headers = {}, text = false } = {}) {
    const socket = new WebSocket(wsUrl + path, {
      headers,
      perMessageDeflate: false,
      maxPayload: 16 << 20,
    });
    const client = new RawClient(socket, text);
    return within(
      `the server answers ${path.slice(0, 40)}…`,
      OPEN_TIMEOUT_MS,
      new Promise((done, fail) => {
        socket.once('open', () => done(client));
        socket.once('unexpected-response', (request, response) => {
          const parts = [];
          response
            .on('data', (part) => parts.push(part))
            .on('end', () => {
              done({
                refused: {
                  status: response.statusCode,
                  body: Buffer.concat(parts).toString(),
                  headers: response.headers,
                },
              });
              request.destroy();
            });
        });
        socket.once('error', fail);
      }),
    );
  }

  constructor(socket, text) {
    this.socket = socket;
    this.text = text;
    socket.on('message', (data, isBinary) => {
      this.frameKinds.push(isBinary ? 'binary' : 'text');
      this.messages.push(
        isBinary
          ? SignalResponse.fromBinary(new Uint8Array(data))
          : SignalResponse.fromJsonString(data.toString(), { ignoreUnknownFields: true }),
      );
    });
    socket.on('close', (code, reason) => (this.closed = { code, reason: reason.toString() }));
    socket.on('error', () => {});
  }

  /** @param {object} message the oneof, e.g. {case: 'ping', value: 1n} */
  send(message) {
    const request = new SignalRequest({ message });
    this.socket.send(this.text ? request.toJsonString() : request.toBinary());
  }

  sendRaw(bytes, options) {
    this.socket.send(bytes, options);
  }

  find(name, accept = () => true) {
    return this.messages.find((m) => m.message.case === name && accept(m.message.value))?.message
      .value;
  }

  /** The first message of a kind, now or later. */
  got(name, accept, options) {
    return until(
      `the server sends ${name} (so far: ${this.cases})`,
      () => this.find(name, accept),
      Boolean,
      { everyMs: 20, ...options },
    );
  }

  get cases() {
    return this.messages.map((m) => m.message.case).join(' ');
  }

  whenClosed(timeoutMs = 5000) {
    return until('the server closes the connection', () => this.closed, Boolean, {
      timeoutMs,
      everyMs: 20,
    });
  }

  close() {
    this.socket.terminate();
  }
}

/** Opens and waits for `join`; throws when refused. */
export async function joinRaw(wsUrl, path, options) {
  const client = await RawClient.open(wsUrl, path, options);
  if (client.refused) throw new Error(`refused: ${client.refused.status} ${client.refused.body}`);
  client.join = await client.got('join');
  return client;
}
