// One test's world: server, page, browsers, clients; made on demand, torn down in reverse, logs
// shown on failure.
import { join } from 'node:path';
import { ChromiumClient, launchChromium } from './chromium.mjs';
import { Impairment } from './impair.mjs';
import { NetworkNamespace } from './netns.mjs';
import { startServer } from './server.mjs';
import { SignalProxy } from './signal_proxy.mjs';
import { serveTestPage } from './site.mjs';
import { freshRoom, mint } from './token.mjs';
import { WorkerClient } from './worker.mjs';

const lib = import.meta.dirname;
/** How many addresses of the server a client behind a link can meet. */
const LINK_ROUTES = 4;

export class Scene {
  #undo = [];
  #browser;
  #site;
  #namespace;
  clients = [];

  /**
   * @param {Parameters<typeof startServer>[0] & {firefox?: boolean}} options firefox: also
   * reachable from a namespace
   */
  static async start({ firefox = false, ...options } = {}) {
    const scene = new Scene();
    try {
      if (firefox) {
        scene.#namespace = new NetworkNamespace();
        scene.#undo.push(() => scene.#namespace.remove());
        options.binds = ['127.0.0.1', scene.#namespace.hostAddress];
      }
      scene.server = await startServer(options);
      scene.#undo.push(() => scene.server.stop());
      scene.room = freshRoom();
      return scene;
    } catch (error) {
      await scene.close();
      throw error;
    }
  }

  /** URL of the server as clients inside the namespace see it. */
  #urlFor(host) {
    const url = new URL(this.server.wsUrl);
    url.hostname = host;
    return url.href.replace(/\/$/, '');
  }

  async #page() {
    if (!this.#site) {
      this.#site = await serveTestPage();
      this.#undo.push(() => this.#site.close());
    }
    return this.#site;
  }

  /** The scene's browser, or one of its own that takes these arguments. */
  async browser(args) {
    if (this.#browser && !args) return this.#browser;
    const browser = await launchChromium({ args });
    this.#undo.push(() => browser.close());
    if (!args) this.#browser = browser;
    return browser;
  }

  async chromium(identity, { args } = {}) {
    const site = await this.#page();
    const browser = await this.browser(args);
    return this.#keep(await ChromiumClient.open(browser, site.url, identity), this.server.wsUrl);
  }

  async firefox(identity) {
    if (!this.#namespace) throw new Error('start the scene with { firefox: true }');
    const site = await this.#page();
    const client = new WorkerClient(join(lib, 'firefox_worker.mjs'), {
      label: identity,
      prefix: this.#namespace.prefix,
      args: [site.urlOn(this.#namespace.hostAddress)],
    });
    return this.#keep(client, this.#urlFor(this.#namespace.hostAddress));
  }

  async native(identity) {
    const client = new WorkerClient(join(lib, 'native_worker.mjs'), { label: identity });
    return this.#keep(client, this.server.wsUrl);
  }

  #keep(client, url) {
    client.url = url;
    this.clients.push(client);
    this.#undo.push(() => client.close());
    return client;
  }

  /**
   * A client of `kind` ('chromium', 'firefox', 'native') that has joined the scene's room as
   * `identity`.
   */
  async join(
    kind,
    identity,
    { grants, tokenOptions, room = this.room, args, url, before, roomOptions, connect } = {},
  ) {
    const client = await this[kind](identity, { args });
    await before?.(client);
    const token = await mint({ room, identity, name: `${identity} name`, grants, ...tokenOptions });
    const joined = await client.call('connect', url ?? client.url, token, {
      room: roomOptions,
      connect,
    });
    if (joined?.failed)
      throw new Error(
        `${identity} could not join: ${JSON.stringify(joined.failed)}\n${this.report()}`,
      );
    client.identity = identity;
    client.sid = joined.sid;
    client.token = token;
    return client;
  }

  /** A SignalProxy before the server. */
  async proxy() {
    const proxy = await SignalProxy.start(this.server.wsUrl);
    this.#undo.push(() => proxy.close());
    return proxy;
  }

  /** A client whose signalling passes a SignalProxy: `client.proxy.cut()`. */
  async joinThroughProxy(kind, identity, options = {}) {
    const proxy = await this.proxy();
    const client = await this.join(kind, identity, { ...options, url: proxy.url });
    client.proxy = proxy;
    return client;
  }

  /**
   * A Chromium client whose UDP passes a link: `client.link.rebind()`. `model` is how the link
   * treats both directions from the beginning.
   */
  async joinThroughLink(identity, { model, ...options } = {}) {
    const udp = Array.from({ length: LINK_ROUTES }, () => '127.0.0.1:0');
    const link = await Impairment.start({ udp, up: model, down: model });
    this.#undo.push(() => link.stop());
    const client = await this.join('chromium', identity, {
      ...options,
      before: async (page) => {
        await page.call('setRoute', { ports: link.udp.map((address) => address.split(':')[1]) });
        // The page learns the server's addresses while it connects.
        let known = 0;
        const timer = setInterval(async () => {
          const met = await page.call('metAddresses').catch(() => []);
          while (known < met.length) await link.target(known, met[known++]).catch(() => {});
        }, 20);
        this.#undo.push(() => clearInterval(timer));
      },
    });
    client.link = link;
    return client;
  }

  /** Adds something to be undone at the end. */
  defer(undo) {
    this.#undo.push(undo);
  }

  report() {
    const ofClients = this.clients.map((c) => `--- ${c.label}\n${c.lines.slice(-40).join('\n')}`);
    return [...ofClients, '--- server', this.server?.log?.(40) ?? ''].join('\n');
  }

  async close() {
    const failures = [];
    for (const undo of this.#undo.reverse()) {
      try {
        await undo();
      } catch (error) {
        failures.push(error);
      }
    }
    this.#undo = [];
    if (failures.length)
      throw failures.length === 1
        ? failures[0]
        : new AggregateError(failures, failures.map(String).join('; '));
  }
}

/** Runs `body` in a scene; a failure carries what the clients and the server logged. */
export async function inScene(options, body) {
  const scene = await Scene.start(options);
  let failure;
  try {
    await body(scene);
  } catch (error) {
    failure = error;
    failure.message += `\n${scene.report()}`;
  }
  try {
    await scene.close();
  } catch (error) {
    failure ??= error;
  }
  if (failure) throw failure;
}
