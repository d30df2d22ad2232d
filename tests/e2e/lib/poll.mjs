// Waiting for conditions with a bound, never for a fixed time. Bounds that no text demands are wide:
// they end a test that hangs, and a busy machine must not.
import { setTimeout as sleep } from 'node:timers/promises';

/** A value as text for a failure message. */
function explain(value) {
  try {
    return JSON.stringify(value, undefined, 1)?.slice(0, 4000);
  } catch {
    return String(value);
  }
}

/**
 * Asks `observe` until `accept` holds for what it returned.
 * @param {string} what a clause for the failure message: "b sees the picture of a"
 * @returns the accepted value
 */
export async function until(
  what,
  observe,
  accept = Boolean,
  { timeoutMs = 20_000, everyMs = 100 } = {},
) {
  const deadline = performance.now() + timeoutMs;
  let last;
  let failure;
  for (;;) {
    try {
      last = await observe();
      failure = undefined;
      if (accept(last)) return last;
    } catch (error) {
      failure = error;
    }
    if (performance.now() > deadline) break;
    await sleep(everyMs);
  }
  const seen = failure ? `it failed: ${failure.stack ?? failure}` : `last seen: ${explain(last)}`;
  throw new Error(`Not within ${timeoutMs} ms: ${what}; ${seen}`);
}

/** Checks that `observe` keeps being acceptable for `forMs`; for things that must not happen. */
export async function holds(what, observe, accept, { forMs, everyMs = 100 }) {
  const deadline = performance.now() + forMs;
  while (performance.now() < deadline) {
    const value = await observe();
    if (!accept(value))
      throw new Error(`Did not hold for ${forMs} ms: ${what}; seen: ${explain(value)}`);
    await sleep(everyMs);
  }
}

/** Rejects when `promise` takes longer than `timeoutMs`. */
export async function within(what, timeoutMs, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Not within ${timeoutMs} ms: ${what}`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** How long `action` took, in milliseconds, with its result. */
export async function timed(action) {
  const start = performance.now();
  const value = await action();
  return { ms: performance.now() - start, value };
}

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** A log line fit for a failure message: short, without tokens. */
export const tidy = (line) =>
  line.replace(/(access_token|join_request)=[\w.%-]+/g, '$1=…').slice(0, 400);
