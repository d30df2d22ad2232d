// A server and people who use the meeting app on it.
import { join } from 'node:path';
import { NetworkNamespace } from './netns.mjs';
import { Person } from './person.mjs';
import { until } from './poll.mjs';
import { startServer } from './server.mjs';
import { freshRoom } from './token.mjs';
import { WorkerClient } from './worker.mjs';

/** Firefox refuses loopback addresses; it gets a network of its own. */
export async function inParty({ apart = false, flags = [] } = {}, act) {
  const namespace = apart ? new NetworkNamespace() : undefined;
  const people = [];
  let server;
  try {
    const binds = namespace ? ['127.0.0.1', namespace.hostAddress] : [];
    server = await startServer({ flags, binds });
    const party = new Party(server, namespace, people);
    try {
      await act(party);
    } catch (error) {
      for (const { name, person } of people)
        error.message += `\n${name}: ${JSON.stringify(await report(person), undefined, 1)}`;
      error.message += `\n${server.log(30)}`;
      throw error;
    }
  } finally {
    await Promise.allSettled(people.map(({ person }) => person.close()));
    await server?.stop();
    namespace?.remove();
  }
}

const report = async (person) => {
  try {
    return await person.report();
  } catch (error) {
    return String(error);
  }
};

/** The methods of a Person, by messages to the worker. */
const remote = (client) =>
  new Proxy(client, {
    get: (_, method) =>
      method === 'then'
        ? undefined
        : method === 'close'
          ? () => client.close()
          : (...args) => client.call(method, ...args),
  });

class Party {
  room = freshRoom('party');
  #count = 0;

  constructor(server, namespace, people) {
    this.server = server;
    this.namespace = namespace;
    this.people = people;
  }

  /**
   * Somebody opens the address in a browser. Each has a picture and a pitch of their own.
   * `apart`: on a network of its own, as Firefox always is.
   */
  async arrive(name, options = {}) {
    const { query = {}, browser = 'chromium', viewport, dark } = options;
    const apart = browser === 'firefox' || options.apart;
    const number = ++this.#count;
    const url = new URL(this.server.httpUrl);
    url.search = new URLSearchParams({ room: this.room, ...query });
    if (apart) url.hostname = this.namespace.hostAddress;
    const setup = { browser, url: url.href, sender: number, hz: 300 + 200 * number, viewport, dark };
    const person =
      apart
        ? remote(
            new WorkerClient(join(import.meta.dirname, 'person_worker.mjs'), {
              label: name,
              prefix: this.namespace.prefix,
              args: [JSON.stringify(setup)],
            }),
          )
        : await Person.arrive(setup);
    this.people.push({ name, person });
    const member = { name, person, sender: number, hz: setup.hz, origin: url.origin };
    return member;
  }

  /** … and goes through the lobby into the meeting. */
  async join(name, options = {}) {
    const member = await this.arrive(name, options);
    await enter(member);
    await member.person.shows('[data-testid=room]');
    return member;
  }
}

export async function enter({ name, person }, button = 'Join meeting') {
  await person.shows('[data-testid=lobby]');
  await person.fill('Your name', name);
  await person.click(button);
}

/** `who` has the picture of each of the others on the stage. */
export const sees = (who, ...others) =>
  until(
    `${who.name} sees ${others.map((o) => o.name)}`,
    () => who.person.seen(),
    (seen) => others.every(({ sender }) => seen.includes(sender)),
    { timeoutMs: 60_000 },
  );

/** Numbers of screens are the sharer's and 100. */
export const seesScreen = (who, other) =>
  until(
    `${who.name} sees the screen of ${other.name}`,
    () => who.person.seen(),
    (seen) => seen.includes(other.sender + 100),
    { timeoutMs: 60_000 },
  );

export const hears = (who, other) =>
  until(
    `${who.name} hears ${other.name}`,
    () => who.person.heard(),
    (heard) => heard.some((hz) => Math.abs(hz - other.hz) <= 40),
    { timeoutMs: 60_000 },
  );

export const hearsNobody = (who) =>
  until(`${who.name} hears nobody`, () => who.person.heard(), (heard) => heard.length === 0);

/** Waits for a text on somebody's screen. */
export const reads = (who, text, options) =>
  until(`${who.name} reads "${text}"`, () => who.person.words(), (words) => words.includes(text), options);
