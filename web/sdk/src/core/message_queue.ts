import { failure } from "./error.js";
import type { PubSubListeners, PubSubMessage, SubscribeOptions } from "./pub_sub.js";

const windowMs = 500;

/** Gives one subscription its messages: in order, no faster than it asked, and what it cannot hold is dropped. */
export class MessageQueue {
  readonly #listeners: PubSubListeners;
  readonly #limit: number;
  readonly #room: number;
  readonly #drops: boolean;
  #waiting: PubSubMessage[] = [];
  #given = 0;
  #dropped = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #held = false;

  constructor(listeners: PubSubListeners, options: SubscribeOptions) {
    const { maxQueue = 70, newMessageLimit = Number.POSITIVE_INFINITY } = options;
    if (!(maxQueue >= 1 && maxQueue <= 200))
      throw failure("INVALID_PARAMETER", "maxQueue is 1 to 200");
    if (!(newMessageLimit >= 1))
      throw failure("INVALID_PARAMETER", "newMessageLimit is 1 at least");
    this.#listeners = listeners;
    this.#limit = newMessageLimit;
    this.#room = maxQueue;
    this.#drops = options.realtimeOverflow === "drop";
  }

  /** Keeps what comes until `release`: the old messages go first. */
  hold(): void {
    this.#held = true;
  }

  /** Gives what was held, except what is known by id. */
  release(known: ReadonlySet<string>): void {
    const held = this.#waiting.filter((message) => !known.has(message.id));
    this.#waiting = [];
    this.#held = false;
    for (const message of held) this.push(message);
  }

  push(message: PubSubMessage): void {
    const batches = this.#listeners.onBatchReceived !== undefined;
    if (this.#held) this.#waiting.push(message);
    else if (!batches && this.#given < this.#limit && this.#waiting.length === 0)
      this.#give(message);
    else if ((this.#drops && this.#waiting.length >= this.#limit) || this.#isFull(batches))
      this.#dropped += 1;
    else this.#waiting.push(message);
    if (!this.#held) this.#timer ??= setTimeout(() => this.#nextWindow(), windowMs);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
  }

  #isFull(batches: boolean): boolean {
    if (batches && this.#limit === Number.POSITIVE_INFINITY) return false;
    return this.#waiting.length >= this.#room || (this.#drops && !batches);
  }

  #give(message: PubSubMessage): void {
    this.#given += 1;
    this.#listeners.onMessageReceived?.(message);
  }

  #nextWindow(): void {
    this.#timer = undefined;
    this.#given = 0;
    const droppedCount = this.#dropped;
    this.#dropped = 0;
    const now = this.#waiting.splice(0, Math.min(this.#limit, this.#waiting.length));
    if (now.length > 0 && this.#listeners.onBatchReceived) this.#listeners.onBatchReceived(now);
    else for (const message of now) this.#give(message);
    if (droppedCount > 0) this.#listeners.onMessageDrop?.({ droppedCount });
    if (this.#waiting.length > 0 || now.length > 0)
      this.#timer ??= setTimeout(() => this.#nextWindow(), windowMs);
  }
}
