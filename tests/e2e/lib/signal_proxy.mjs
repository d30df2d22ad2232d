// A TCP proxy between client and server for HTTP and WebSocket, so that a signal connection can be
// cut while media live.
import { connect, createServer } from 'node:net';

export class SignalProxy {
  #pairs = new Set();
  #refusing = false;
  #stalled = false;
  #requests = 0;

  /** @param {string} target http or ws URL of the server */
  static async start(target) {
    const proxy = new SignalProxy();
    const { hostname, port } = new URL(target);
    proxy.server = createServer((near) => proxy.#accept(near, hostname, Number(port)));
    await new Promise((done, fail) =>
      proxy.server.once('error', fail).listen(0, '127.0.0.1', done),
    );
    proxy.url = `ws://127.0.0.1:${proxy.server.address().port}`;
    return proxy;
  }

  #accept(near, host, port) {
    if (this.#refusing) {
      near.resetAndDestroy();
      return;
    }
    const far = connect(port, host);
    const pair = { near, far };
    this.#pairs.add(pair);
    const forward = (from, to) => {
      from.on('data', (bytes) => this.#stalled || to.write(bytes));
      from.on('end', () => to.end());
      from.on('error', () => to.destroy());
      from.on('close', () => {
        to.destroy();
        this.#pairs.delete(pair);
      });
    };
    near.on('data', (bytes) => {
      // Clients send each request, head and all, in one piece; WebSocket frames begin otherwise.
      if (bytes.subarray(0, 4).toString('latin1') === 'GET ') ++this.#requests;
    });
    forward(near, far);
    forward(far, near);
  }

  /** Resets every connection there is, towards both sides. New ones are still accepted. */
  cut() {
    for (const { near, far } of [...this.#pairs]) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  /** While true new connections are reset at once. */
  refuse(refusing) {
    this.#refusing = refusing;
  }

  /** While true bytes vanish and connections stay open, as behind a dead link. */
  stall(stalled) {
    this.#stalled = stalled;
  }

  /** HTTP requests (GET, upgrades included) that came so far. */
  get requests() {
    return this.#requests;
  }

  get connections() {
    return this.#pairs.size;
  }

  async close() {
    this.cut();
    await new Promise((done) => this.server.close(done));
  }
}
