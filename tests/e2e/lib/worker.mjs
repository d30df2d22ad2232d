// A client that lives in a child process (rtc-node, which may abort; Firefox in a network
// namespace), spoken to by IPC.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { tidy, within } from './poll.mjs';

const CLOSE_TIMEOUT_MS = 10_000;

export class WorkerClient {
  #child;
  #pending = new Map();
  #nextId = 1;
  #exited;

  /**
   * @param {string} script path of the worker
   * @param {{label: string, prefix?: string[], args?: string[]}} options prefix: command to run node under
   */
  constructor(script, { label, prefix = [], args = [] }) {
    this.label = label;
    this.lines = [];
    const [command, ...rest] = [...prefix, process.execPath, script, ...args];
    this.#child = spawn(command, rest, {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    for (const output of [this.#child.stdout, this.#child.stderr]) {
      createInterface({ input: output }).on('line', (line) => this.lines.push(tidy(line)));
    }
    this.#child.on('message', ({ id, value, error }) => {
      const waiting = this.#pending.get(id);
      this.#pending.delete(id);
      if (error === undefined) waiting?.done(value);
      else waiting?.fail(new Error(`${label}: ${error}`));
    });
    this.#exited = new Promise((done) =>
      this.#child.once('exit', (code, signal) => {
        const error = new Error(
          `${label} ended (code ${code}, signal ${signal}):\n${this.lines.slice(-30).join('\n')}`,
        );
        for (const { fail } of this.#pending.values()) fail(error);
        this.#pending.clear();
        this.ended = { code, signal };
        done();
      }),
    );
  }

  call(method, ...args) {
    if (this.ended)
      throw new Error(
        `${this.label} has ended: ${JSON.stringify(this.ended)}\n${this.lines.slice(-30).join('\n')}`,
      );
    const id = this.#nextId++;
    return new Promise((done, fail) => {
      this.#pending.set(id, { done, fail });
      this.#child.send({ id, method, args });
    });
  }

  async close() {
    if (this.ended) return;
    try {
      await within(
        `${this.label} ends`,
        CLOSE_TIMEOUT_MS,
        Promise.race([this.call('close'), this.#exited]),
      );
      this.#child.disconnect();
      await within(`${this.label} exits`, 2000, this.#exited);
    } catch {
      this.#child.kill('SIGKILL');
      await this.#exited;
    }
  }
}

/** The worker's half: answers calls with `methods`; ends when the parent goes. */
export function answerCalls(methods) {
  process.on('message', async ({ id, method, args }) => {
    try {
      if (!(method in methods)) throw new Error(`no such method: ${method}`);
      process.send({ id, value: await methods[method](...args) });
    } catch (error) {
      process.send({ id, error: String(error?.stack ?? error) });
    }
  });
  process.on('disconnect', () => process.exit(0));
}
