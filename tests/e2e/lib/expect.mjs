// What tests expect of clients, in whole sentences.
import { until } from './poll.mjs';

const PITCH_TOLERANCE_HZ = 40;
const AUDIBLE_DB = -40;
const SILENT_DB = -60;

/** The pictures `watcher` gets of `identity` are those of `sender`, in colour, and they move. */
export const sees = (
  watcher,
  identity,
  sender,
  { source = 'camera', frames = 6, timeoutMs = 30_000 } = {},
) =>
  until(
    `${watcher.label} sees the ${source} of ${identity} (sender ${sender})`,
    () => watcher.call('watch', identity, source),
    (w) =>
      w &&
      w.valid >= frames &&
      w.distinctCounters >= frames &&
      w.sender === sender &&
      w.senders.length === 1 &&
      w.wrongColour <= w.valid / 4,
    { timeoutMs },
  );

/** New pictures keep coming from now on. */
export async function keepsSeeing(watcher, identity, sender, options = {}) {
  await watcher.call('resetWatch', identity, options.source ?? 'camera');
  return sees(watcher, identity, sender, options);
}

export async function hears(
  listener,
  identity,
  hz,
  { source = 'microphone', timeoutMs = 30_000 } = {},
) {
  try {
    return await until(
      `${listener.label} hears ${hz} Hz from the ${source} of ${identity}`,
      () => listener.call('hear', identity, source),
      (h) => h && h.db > AUDIBLE_DB && Math.abs(h.hz - hz) <= PITCH_TOLERANCE_HZ,
      { timeoutMs },
    );
  } catch (error) {
    // Silence has many causes: nothing came, nothing was decoded, nothing was played.
    const stats = await Promise.resolve()
      .then(() => listener.call('receiverStats', identity, source))
      .catch(String);
    error.message += `; received: ${JSON.stringify(stats)}`;
    throw error;
  }
}

export const hearsSilence = (
  listener,
  identity,
  { source = 'microphone', timeoutMs = 10_000 } = {},
) =>
  until(
    `${listener.label} hears nothing from ${identity}`,
    () => listener.call('hear', identity, source),
    (h) => !h || h.db < SILENT_DB,
    { timeoutMs },
  );

/** An event named `name` for which `accept` holds, noted after event number `after`. */
export async function event(
  client,
  name,
  accept = () => true,
  { timeoutMs = 20_000, after = 0 } = {},
) {
  const matching = (events) => events.slice(after).find((e) => e.name === name && accept(e));
  return matching(
    await until(`${client.label} gets the event ${name}`, () => client.call('events'), matching, {
      timeoutMs,
    }),
  );
}

/** How many events there are now; for `after`. */
export const eventCount = async (client) => (await client.call('events')).length;

/** What `client` knows of the remote participant `identity`. */
export async function remoteOf(client, identity) {
  return (await client.call('room')).participants.find((p) => p.identity === identity);
}

export const knows = (client, identity, accept = Boolean, options = {}) =>
  until(
    `${client.label} knows ${identity} as expected`,
    () => remoteOf(client, identity),
    accept,
    options,
  );
