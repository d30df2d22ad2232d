import { failure } from "./error.js";
import { MessageQueue } from "./message_queue.js";
import type { Session } from "./session.js";

/** A message on a topic. */
export interface PubSubMessage {
  /** Given by the server, unique in the topic. */
  id: string;
  message: string;
  senderId: string;
  senderName: string;
  /** When the server got it, ms since 1970. */
  timestamp: number;
  topic: string;
  payload: Record<string, unknown> | null;
}

/** How a message is sent. */
export interface PublishOptions {
  /** Kept for the session and given to those who subscribe later (false). */
  persist?: boolean;
  /** Only to these participants. */
  sendOnly?: string[];
}

/** Who listens to a topic. */
export interface PubSubListeners {
  onMessageReceived?(message: PubSubMessage): void;
  /** All that came within 500 ms; instead of `onMessageReceived`. */
  onBatchReceived?(messages: PubSubMessage[]): void;
  /** What was kept, oldest first, in one or more pages. */
  onOldMessagesReceived?(messages: PubSubMessage[], page: { isLast: boolean }): void;
  /** More came than `maxQueue` or `newMessageLimit` let through. */
  onMessageDrop?(drop: { droppedCount: number }): void;
}

/** How a topic is listened to. */
export interface SubscribeOptions {
  /** Kept messages to get at most, the newest; absent: all, 0: none. */
  oldMessageLimit?: number;
  /** What happens to messages over `newMessageLimit`: they wait, or are dropped (`queue`). */
  realtimeOverflow?: "queue" | "drop";
  /** Messages that wait at most, 1 to 200 (70). */
  maxQueue?: number;
  /** Messages within 500 ms at most; absent: all. */
  newMessageLimit?: number;
}

/** One function that gets each message: the older way to subscribe. */
export type PubSubCallback = (message: PubSubMessage) => void;

/** As the server sends it: with its number among the room's messages. */
type Numbered = PubSubMessage & { order: number };

interface Subscription {
  listeners: PubSubListeners;
  plain?: PubSubCallback;
  queue: MessageQueue;
}

/** A part of what was kept, oldest first. */
interface Page {
  messages: Numbered[];
  isLast: boolean;
  /** Where the next page begins. */
  after: unknown;
  before: unknown;
}

interface Topic {
  subscriptions: Set<Subscription>;
  /** The number of the newest message seen, to get what was missed while the connection was lost. */
  seen: number;
}

/** Messages by topic, in all modes. The server orders them and keeps what is to be kept. */
export class PubSub {
  readonly #session: Session;
  readonly #topics = new Map<string, Topic>();

  /** @internal */
  constructor(session: Session) {
    this.#session = session;
  }

  /** Sends to all subscribers of the topic. Answers what the server made of it. Errors: 3072, 3073, 4087. */
  publish(
    topic: string,
    message: string,
    options: PublishOptions = {},
    payload?: Record<string, unknown>,
  ): Promise<{ id: string; timestamp: number }> {
    return this.#session.act("PUBSUB_PUBLISH_FAILED", async () => {
      checkTopic(topic);
      if (typeof message !== "string")
        throw failure("INVALID_PARAMETER", "A message is a string; objects go in the payload");
      const size = new TextEncoder().encode(message + JSON.stringify(payload ?? null)).length;
      if (size > maxMessageBytes)
        throw failure("PAYLOAD_TOO_LARGE", `A message has ${maxMessageBytes} bytes at most`);
      const answer = await this.#session.call(
        "pubsub.publish",
        {
          topic,
          message,
          ...(options.persist ? { persist: true } : {}),
          ...(options.sendOnly ? { sendOnly: options.sendOnly } : {}),
          ...(payload ? { payload } : {}),
        },
        "PUBSUB_PUBLISH_FAILED",
      );
      return { id: String(answer.id), timestamp: Number(answer.timestamp) };
    });
  }

  /**
   * Listens to a topic until `unsubscribe` with the same listeners. Answers the old messages, which
   * `onOldMessagesReceived` gets too. Errors: 3073, 4088.
   */
  subscribe(
    topic: string,
    listeners: PubSubListeners | PubSubCallback,
    options: SubscribeOptions = {},
  ): Promise<PubSubMessage[]> {
    return this.#session.act("PUBSUB_SUBSCRIBE_FAILED", async () => {
      checkTopic(topic);
      const subscription = subscriptionOf(listeners, options);
      const known = this.#topics.get(topic) ?? { subscriptions: new Set(), seen: 0 };
      this.#topics.set(topic, known);
      known.subscriptions.add(subscription);
      try {
        return await this.#readOld(topic, known, subscription, options.oldMessageLimit);
      } catch (error) {
        this.#drop(topic, known, subscription);
        throw error;
      }
    });
  }

  /** Ends a subscription; without listeners, all of the topic. Errors: 4089. */
  unsubscribe(topic: string, listeners?: PubSubListeners | PubSubCallback): Promise<void> {
    return this.#session.act("PUBSUB_UNSUBSCRIBE_FAILED", async () => {
      const known = this.#topics.get(topic);
      if (!known) return;
      for (const each of [...known.subscriptions])
        if (!listeners || each.listeners === listeners || each.plain === listeners)
          this.#drop(topic, known, each);
      if (!this.#topics.has(topic))
        await this.#session.call("pubsub.unsubscribe", { topic }, "PUBSUB_UNSUBSCRIBE_FAILED");
    });
  }

  /** @internal A message of the server. */
  receive(numbered: Numbered): void {
    const known = this.#topics.get(numbered.topic);
    if (!known) return;
    const { order, ...message } = numbered;
    known.seen = Math.max(known.seen, order);
    for (const each of [...known.subscriptions]) each.queue.push(message);
  }

  /** @internal Subscribes anew after the connection was lost, and reads what was kept meanwhile. */
  async restore(): Promise<void> {
    for (const [topic, known] of this.#topics) {
      const after = known.seen;
      const { before } = await this.#ask("pubsub.subscribe", { topic, oldMessageLimit: 0 });
      const missed = await this.#pages(
        await this.#ask("pubsub.history", { topic, after, before }),
        {
          topic,
          before,
        },
      );
      for (const message of missed.flat()) this.receive(message);
    }
  }

  /** @internal The meeting was left. */
  close(): void {
    for (const known of this.#topics.values())
      for (const each of known.subscriptions) each.queue.close();
    this.#topics.clear();
  }

  async #readOld(
    topic: string,
    known: Topic,
    { listeners, queue }: Subscription,
    limit: number | undefined,
  ): Promise<PubSubMessage[]> {
    queue.hold();
    const first = await this.#ask("pubsub.subscribe", {
      topic,
      ...(limit === undefined ? {} : { oldMessageLimit: limit }),
    });
    known.seen = Math.max(known.seen, Number(first.before ?? 1) - 1);
    const numbered = await this.#pages(first, { topic, before: first.before });
    const pages = numbered.map((page) => page.map(({ order: _, ...message }) => message));
    const all = pages.flat();
    if (limit !== 0)
      pages.forEach((page, i) => {
        listeners.onOldMessagesReceived?.(page, { isLast: i === pages.length - 1 });
      });
    queue.release(new Set(all.map((message) => message.id)));
    return all;
  }

  /** A page and those after it. */
  async #pages(first: Page, rest: { topic: string; before: unknown }): Promise<Numbered[][]> {
    const pages = [first.messages];
    let page = first;
    while (!page.isLast && pages.length < maxPages) {
      page = await this.#ask("pubsub.history", { ...rest, after: page.after });
      pages.push(page.messages);
    }
    return pages;
  }

  async #ask(method: string, payload: Record<string, unknown>): Promise<Page> {
    const said = await this.#session.call(method, payload, "PUBSUB_SUBSCRIBE_FAILED");
    return {
      messages: Array.isArray(said.messages) ? (said.messages as Numbered[]) : [],
      isLast: said.isLast !== false,
      after: said.after,
      before: said.before,
    };
  }

  #drop(topic: string, known: Topic, subscription: Subscription): void {
    subscription.queue.close();
    known.subscriptions.delete(subscription);
    if (known.subscriptions.size === 0 && this.#topics.get(topic) === known)
      this.#topics.delete(topic);
  }
}

const maxMessageBytes = 12 * 1024;
const maxPages = 1000;

function checkTopic(topic: string): void {
  const size = typeof topic === "string" ? new TextEncoder().encode(topic).length : 0;
  if (size < 1 || size > 128) throw failure("INVALID_PARAMETER", "A topic has 1 to 128 bytes");
}

function subscriptionOf(
  given: PubSubListeners | PubSubCallback,
  options: SubscribeOptions,
): Subscription {
  const plain = typeof given === "function" ? given : undefined;
  const listeners: PubSubListeners =
    typeof given === "function" ? { onMessageReceived: given } : given;
  return { listeners, plain, queue: new MessageQueue(listeners, options) };
}
