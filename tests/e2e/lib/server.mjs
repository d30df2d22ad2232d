// The server under test: started by us on free ports, or one that runs already (PLENUM_URL).
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer as createTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { within } from './poll.mjs';

const repository = resolve(import.meta.dirname, '../../..');
const START_TIMEOUT_MS = 15_000;
const STOP_TIMEOUT_MS = 15_000;
const KEPT_LOG_LINES = 4000;

// A test that is ended from outside (the runner's own time limit) must not leave servers behind.
const startedHere = new Set();
process.once('exit', () => startedHere.forEach((child) => child.kill('SIGKILL')));
process.once('SIGTERM', () => process.exit(143));

/** True when tests talk to a server they did not start: no flags, no restart. */
export const external = Boolean(process.env.PLENUM_URL);
/** A reason for node:test's `skip`, for tests that must start the server themselves. */
export const needsOwnServer = external
  ? 'PLENUM_URL is set: the server is not ours to start'
  : false;

export function binary() {
  const choices = process.env.PLENUM_BIN
    ? [process.env.PLENUM_BIN]
    : ['build/release/plenum', 'build/dev/plenum'].map((path) => join(repository, path));
  const found = choices.find((path) => existsSync(path));
  if (!found)
    throw new Error(
      `No server to test: none of ${choices.join(', ')} exists; build it, or set PLENUM_BIN or PLENUM_URL`,
    );
  return found;
}

/** A TCP port that was free a moment ago; for servers that must come back on the same one. */
export async function freePort(host = '127.0.0.1') {
  const probe = createTcp();
  await new Promise((done, fail) => probe.once('error', fail).listen(0, host, done));
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  return port;
}

export class Server {
  #child;
  #exited;
  #lines = [];
  #expectedToEnd = false;
  #keepsData;

  /**
   * @param {{httpUrl: string, child?: import('node:child_process').ChildProcess,
   *   exited?: Promise<object>, lines?: string[], dataDir?: string, keepsData?: boolean}} parts
   */
  constructor({ httpUrl, child, exited, lines, dataDir, keepsData = false }) {
    this.httpUrl = httpUrl.replace(/\/$/, '');
    this.wsUrl = this.httpUrl.replace(/^http/, 'ws');
    this.port = Number(new URL(this.httpUrl).port);
    this.dataDir = dataDir;
    this.#keepsData = keepsData;
    this.#child = child;
    this.#exited = exited;
    this.#lines = lines ?? [];
  }

  get pid() {
    return this.#child?.pid;
  }

  get running() {
    return this.#child ? this.#child.exitCode === null && this.#child.signalCode === null : true;
  }

  /** Last lines of the server's output. */
  log(count = 60) {
    return this.#lines.slice(-count).join('\n');
  }

  /** Without a graceful stop, as a crash would end it. */
  async kill() {
    if (!this.#child) return;
    this.#expectedToEnd = true;
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  /** SIGTERM; throws unless the server then exits with 0. Does nothing the second time. */
  async stop() {
    if (!this.#child || this.#expectedToEnd) return this.#removeData();
    try {
      if (!this.running) {
        const { code, signal } = await this.#exited;
        throw new Error(
          `The server had ended by itself (code ${code}, signal ${signal}):\n${this.log()}`,
        );
      }
      this.#expectedToEnd = true;
      this.#child.kill('SIGTERM');
      const { code, signal } = await within(
        'the server exits after SIGTERM',
        STOP_TIMEOUT_MS,
        this.#exited,
      );
      if (code !== 0)
        throw new Error(`The server ended with code ${code}, signal ${signal}:\n${this.log()}`);
    } finally {
      if (this.running) this.#child.kill('SIGKILL');
      this.#removeData();
    }
  }

  #removeData() {
    if (this.dataDir && !this.#keepsData) rmSync(this.dataDir, { recursive: true, force: true });
  }
}

/**
 * Starts the server, or wraps the running one.
 * @param {{flags?: string[], dataDir?: string, binds?: string[], httpPort?: number, udpPort?: number,
 *   tcpPort?: number, shards?: number, env?: Record<string, string>, command?: string[]}} options flags
 *   are appended as they are; a dataDir that is given is the caller's to remove; command becomes the server
 */
export async function startServer({
  flags = [],
  dataDir: keptDir,
  binds = [],
  httpPort = 0,
  udpPort = 0,
  tcpPort = 0,
  shards = Number(process.env.PLENUM_SHARDS ?? 1),
  env = {},
  command = [binary()],
} = {}) {
  if (external) return new Server({ httpUrl: process.env.PLENUM_URL.replace(/^ws/, 'http') });
  const dataDir = keptDir ?? mkdtempSync(join(tmpdir(), 'plenum-test-'));
  const args = [
    'serve',
    '--dev',
    '--http-port',
    `${httpPort}`,
    '--udp-port',
    `${udpPort}`,
    '--tcp-port',
    `${tcpPort}`,
    '--shards',
    `${shards}`,
    '--placement', // participants of one room on different shards, so that relays are at work
    'spread',
    '--data-dir',
    dataDir,
    ...binds.flatMap((a) => ['--bind', a]),
    ...flags,
  ];
  const child = spawn(command[0], [...command.slice(1), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  startedHere.add(child);
  const lines = [];
  const exited = new Promise((done) => {
    child.once('exit', (code, signal) => {
      startedHere.delete(child);
      done({ code, signal });
    });
    child.once('error', (error) => done({ code: -1, signal: String(error) }));
  });
  const keep = (line) => {
    lines.push(line);
    if (lines.length > KEPT_LOG_LINES) lines.shift();
    if (process.env.PLENUM_TEST_LOG) process.stderr.write(`[plenum] ${line}\n`);
  };
  createInterface({ input: child.stderr }).on('line', keep);
  const printedUrl = new Promise((found) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      keep(line);
      const match = line.match(/https?:\/\/[\w.:[\]-]+/);
      if (match) found(match[0]);
    });
  });
  const gone = exited.then(({ code, signal }) => {
    throw new Error(
      `The server ended at start (code ${code}, signal ${signal}):\n${lines.join('\n')}`,
    );
  });
  gone.catch(() => {});
  try {
    const httpUrl = await within(
      'the server prints its URL',
      START_TIMEOUT_MS,
      Promise.race([printedUrl, gone]),
    );
    return new Server({ httpUrl, child, exited, lines, dataDir, keepsData: Boolean(keptDir) });
  } catch (error) {
    child.kill('SIGKILL');
    if (!keptDir) rmSync(dataDir, { recursive: true, force: true });
    throw new Error(`${error.message}\nplenum ${args.join(' ')}\n${lines.join('\n')}`);
  }
}
