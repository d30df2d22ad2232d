// A network namespace joined to the host by a veth pair. Firefox drops pairs with a loopback
// remote, so it gets addresses of its own: the host end is where the server listens. Needs root.
import { execFileSync } from 'node:child_process';

const ip = (...args) => execFileSync('ip', args, { stdio: ['ignore', 'pipe', 'pipe'] });

export class NetworkNamespace {
  static #count = 0;

  /** A reason for node:test's `skip`, or false when namespaces can be made here. */
  static get unavailable() {
    return process.getuid() === 0 ? false : 'needs root to make a network namespace';
  }

  constructor() {
    const number = NetworkNamespace.#count++;
    // Interface names have at most 15 characters.
    this.name = `plt${process.pid}n${number}`.slice(0, 12);
    const subnet = `10.213.${process.pid % 200}.${4 * number}`.replace(
      /\d+$/,
      (last) => `${Number(last) % 252}`,
    );
    const base = Number(subnet.split('.')[3]);
    const prefix = subnet.slice(0, subnet.lastIndexOf('.'));
    this.hostAddress = `${prefix}.${base + 1}`;
    this.address = `${prefix}.${base + 2}`;
    const [outer, inner] = [`${this.name}h`, `${this.name}g`];
    this.outer = outer;
    try {
      ip('netns', 'add', this.name);
      ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', inner, 'netns', this.name);
      ip('addr', 'add', `${this.hostAddress}/30`, 'dev', outer);
      ip('link', 'set', outer, 'up');
      ip('-n', this.name, 'addr', 'add', `${this.address}/30`, 'dev', inner);
      ip('-n', this.name, 'link', 'set', inner, 'up');
      ip('-n', this.name, 'link', 'set', 'lo', 'up');
      ip('-n', this.name, 'route', 'add', 'default', 'via', this.hostAddress);
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  /** Words to put before a command so that it runs inside. */
  get prefix() {
    return ['ip', 'netns', 'exec', this.name];
  }

  /** Takes the cable out (true) or puts it back (false). */
  setCut(cut) {
    ip('link', 'set', this.outer, cut ? 'down' : 'up');
  }

  remove() {
    for (const args of [
      ['link', 'del', this.outer],
      ['netns', 'del', this.name],
    ]) {
      try {
        ip(...args);
      } catch {
        // It may not have come to exist, or gone with its other half.
      }
    }
  }
}
