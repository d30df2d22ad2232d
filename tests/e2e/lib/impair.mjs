// A bad link as a child process (tests/harness/impair): UDP and TCP pass it, and it takes orders.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { within } from './poll.mjs';
import { binary, external } from './server.mjs';

const ANSWER_TIMEOUT_MS = 10_000;

/** It is built beside the server; PLENUM_IMPAIR names another. */
function program() {
  const repository = resolve(import.meta.dirname, '../../..');
  const beside = external ? join(repository, 'build/release/plenum') : binary();
  const path = process.env.PLENUM_IMPAIR ?? join(dirname(resolve(beside)), 'tests/plenum_impair');
  if (!existsSync(path)) throw new Error(`${path} is missing: build the target plenum_impair`);
  return path;
}

export class Impairment {
  #child;
  #waiting = [];
  #errors = '';
  #ended;

  /**
   * @param {{udp?: string[], tcp?: string[], up?: string, down?: string, rebindEvery?: string}} options
   *   udp: "HOST:PORT=HOST:PORT", or "HOST:PORT" whose target is told later; tcp: the first form.
   *   up, down: how packets to and from the target fare, "loss=2%,delay=50ms".
   */
  static async start({ udp = [], tcp = [], up, down, rebindEvery } = {}) {
    const options = Object.entries({ '--up': up, '--down': down, '--rebind-every': rebindEvery });
    const args = [
      ...udp.flatMap((route) => ['--udp', route]),
      ...tcp.flatMap((route) => ['--tcp', route]),
      ...options.filter(([, value]) => value).flat(),
    ];
    const link = new Impairment();
    const ready = link.#answer();
    link.#run(args);
    const listening = JSON.parse((await ready).replace(/^ready /, ''));
    /** "host:port" of each route, in the order they were given. */
    link.udp = listening.udp;
    link.tcp = listening.tcp;
    return link;
  }

  #run(args) {
    // Without its standard input it ends, so it does not outlive us.
    this.#child = spawn(program(), args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stdin.on('error', () => {});
    this.#child.stderr.on('data', (text) => (this.#errors += text));
    createInterface({ input: this.#child.stdout }).on('line', (line) =>
      this.#waiting.shift()?.done(line),
    );
    this.#ended = new Promise((done) => {
      this.#child.once('error', done);
      this.#child.once('close', done);
    });
    this.#ended.then((why) => {
      const error = new Error(`The link has ended (${why}): ${this.#errors}`);
      for (const { fail } of this.#waiting.splice(0)) fail(error);
    });
  }

  #answer() {
    const line = new Promise((done, fail) => this.#waiting.push({ done, fail }));
    return within('the link answers', ANSWER_TIMEOUT_MS, line);
  }

  async #ask(command) {
    const answer = this.#answer();
    this.#child.stdin.write(`${command}\n`);
    const line = await answer;
    if (line.startsWith('error ')) throw new Error(`${command}: ${line.slice(6)}`);
    return line;
  }

  /** @param {'up' | 'down' | 'both'} direction @param {string} model what changes: "loss=10%" */
  set = (direction, model) => this.#ask(`${direction} ${model}`);
  /** While on nothing passes. */
  blackhole = (on) => this.#ask(`blackhole ${on ? 'on' : 'off'}`);
  /** From now on the target sees other source ports, as after a NAT has forgotten. */
  rebind = () => this.#ask('rebind');
  /** Resets every TCP connection. */
  cut = () => this.#ask('cut');
  /** @param {number} route which of `udp` @param {string} address "host:port" */
  target = (route, address) => this.#ask(`target ${route} ${address}`);
  stats = async () => JSON.parse(await this.#ask('stats'));

  async stop() {
    this.#child.stdin.end();
    await this.#ended;
  }
}
