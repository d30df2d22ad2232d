// A user-space NAT: client ⇄ relay ⇄ server over UDP. It can change the address the server sees, or
// go dark. The page is told to use it by page/routing.mjs, so the server need not know.
import { createSocket } from 'node:dgram';

const bind = (socket) =>
  new Promise((done, fail) => socket.once('error', fail).bind(0, '127.0.0.1', done));

/** One relay port towards one server address. */
class Mapping {
  dark = false;
  #upstreams = new Map();

  async open() {
    this.near = createSocket('udp4');
    this.near.on('message', (bytes, from) => this.#up(bytes, from));
    await bind(this.near);
    this.port = this.near.address().port;
  }

  /** One upstream socket for each client port, as a NAT has. */
  #up(bytes, from) {
    if (this.dark || !this.target) return;
    const key = `${from.address}:${from.port}`;
    if (!this.#upstreams.has(key)) {
      const socket = createSocket('udp4');
      socket.on(
        'message',
        (answer) => this.dark || this.near.send(answer, from.port, from.address),
      );
      socket.on('error', () => {});
      this.#upstreams.set(key, socket);
    }
    this.#upstreams.get(key).send(bytes, this.target.port, this.target.host);
  }

  rebind() {
    for (const socket of this.#upstreams.values()) socket.close();
    this.#upstreams.clear();
  }

  close() {
    this.rebind();
    this.near.close();
  }
}

export class UdpRelay {
  /** @param {number} size how many different server addresses it can stand for */
  static async start(size = 4) {
    const relay = new UdpRelay();
    relay.mappings = Array.from({ length: size }, () => new Mapping());
    await Promise.all(relay.mappings.map((m) => m.open()));
    return relay;
  }

  get ports() {
    return this.mappings.map((m) => m.port);
  }

  /** @param {string[]} addresses "host:port" of the server, in the order the page met them */
  setTargets(addresses) {
    addresses.forEach((address, i) => {
      const at = address.lastIndexOf(':');
      this.mappings[i].target = { host: address.slice(0, at), port: Number(address.slice(at + 1)) };
    });
  }

  /** From now on the server sees other source ports, as after a NAT has forgotten the mapping. */
  rebind() {
    for (const mapping of this.mappings) mapping.rebind();
  }

  /** While true nothing passes. */
  setDark(dark) {
    for (const mapping of this.mappings) mapping.dark = dark;
  }

  close() {
    for (const mapping of this.mappings) mapping.close();
  }
}
