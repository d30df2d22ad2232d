import type {
  PublishOptions,
  PubSubListeners,
  PubSubMessage,
  SubscribeOptions,
} from "@plenum/js-sdk";
import { useCallback, useState } from "react";
import { useChanges } from "./context.js";
import { useLatest } from "./latest.js";
import { useRequest } from "./visit.js";

/** How a topic is listened to, and what is kept for the component. */
export interface UsePubSubOptions extends SubscribeOptions {
  /** Messages in `messages` at most, the newest; absent: all. */
  maxMessages?: number;
  /** Keep messages in `messages` (true); false: it stays empty, and messages make nothing render. */
  bufferMessages?: boolean;
}

/** A topic as components see it. */
export interface PubSubTopic {
  /** Sends to all subscribers of the topic. Errors: 3035, 3072, 3073, 4087. */
  publish(
    message: string,
    options?: PublishOptions,
    payload?: Record<string, unknown>,
  ): Promise<{ id: string; timestamp: number }>;
  /** Old messages and new ones in the server's order. Empty again after each joining. */
  messages: PubSubMessage[];
}

/** Listens to a topic while the meeting is joined. A failure to subscribe is told to `onError` (4088). */
export function usePubSub(
  topic: string,
  listeners: PubSubListeners = {},
  options: UsePubSubOptions = {},
): PubSubTopic {
  const changes = useChanges();
  const { pubSub } = changes.meeting;
  const [messages, setMessages] = useState<PubSubMessage[]>([]);
  const latest = useLatest({ listeners, options });
  const { maxMessages: _max, bufferMessages: _buffer, ...subscribing } = options;
  const batches = listeners.onBatchReceived !== undefined;

  const begin = (visit: number): (() => void) => {
    let over = false;
    const keep = (fresh: PubSubMessage[], old = false) => {
      const { bufferMessages = true, maxMessages } = latest.current.options;
      if (bufferMessages) setMessages((known) => added(known, fresh, old, maxMessages));
    };
    const ours: PubSubListeners = {
      ...(batches
        ? {
            onBatchReceived(fresh) {
              if (over) return;
              keep(fresh);
              latest.current.listeners.onBatchReceived?.(fresh);
            },
          }
        : {
            onMessageReceived(message) {
              if (over) return;
              keep([message]);
              latest.current.listeners.onMessageReceived?.(message);
            },
          }),
      onOldMessagesReceived(old, page) {
        if (over) return;
        keep(old, true);
        latest.current.listeners.onOldMessagesReceived?.(old, page);
      },
      onMessageDrop(drop) {
        if (!over) latest.current.listeners.onMessageDrop?.(drop);
      },
    };
    setMessages((known) => (known.length === 0 ? known : []));
    pubSub.subscribe(topic, ours, subscribing).catch(() => undefined);
    return () => {
      over = true;
      if (changes.during(visit)) pubSub.unsubscribe(topic, ours).catch(() => undefined);
    };
  };
  useRequest(begin, JSON.stringify([topic, batches, subscribing]));

  const publish = useCallback<PubSubTopic["publish"]>(
    (message, how, payload) => pubSub.publish(topic, message, how, payload),
    [pubSub, topic],
  );
  return { publish, messages };
}

/** The messages with others: old ones go before what came meanwhile; none twice. */
function added(
  known: PubSubMessage[],
  fresh: PubSubMessage[],
  old: boolean,
  limit = Number.POSITIVE_INFINITY,
): PubSubMessage[] {
  const ids = new Set(known.map(({ id }) => id));
  const unknown = fresh.filter(({ id }) => !ids.has(id));
  if (unknown.length === 0) return known;
  const all = [...known, ...unknown];
  if (old) all.sort((a, b) => a.timestamp - b.timestamp);
  return all.length > limit ? all.slice(all.length - limit) : all;
}
