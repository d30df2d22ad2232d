import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MessageQueue } from "../src/core/message_queue.js";
import type { PubSubMessage, SubscribeOptions } from "../src/core/pub_sub.js";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const message = (id: string): PubSubMessage => ({
  id,
  message: id,
  senderId: "ada",
  senderName: "Ada",
  timestamp: 0,
  topic: "CHAT",
  payload: null,
});

function listened(options: SubscribeOptions) {
  const got: string[] = [];
  let dropped = 0;
  const queue = new MessageQueue(
    {
      onMessageReceived: ({ id }) => got.push(id),
      onMessageDrop: ({ droppedCount }) => {
        dropped += droppedCount;
      },
    },
    options,
  );
  return { queue, got, dropped: () => dropped };
}

test("without a limit every message is given at once", () => {
  const { queue, got } = listened({});
  for (const id of ["a", "b", "c"]) queue.push(message(id));

  expect(got).toEqual(["a", "b", "c"]);
});

test("over the limit messages wait for the next half second, in order", () => {
  const { queue, got } = listened({ newMessageLimit: 2 });
  for (const id of ["a", "b", "c", "d", "e"]) queue.push(message(id));
  expect(got).toEqual(["a", "b"]);
  vi.advanceTimersByTime(500);
  expect(got).toEqual(["a", "b", "c", "d"]);
  vi.advanceTimersByTime(500);

  expect(got).toEqual(["a", "b", "c", "d", "e"]);
});

test("what the queue has no place for is dropped and counted", () => {
  const { queue, got, dropped } = listened({ newMessageLimit: 1, maxQueue: 2 });
  for (const id of ["a", "b", "c", "d", "e"]) queue.push(message(id));
  vi.advanceTimersByTime(2000);

  expect(got).toEqual(["a", "b", "c"]);
  expect(dropped()).toBe(2);
});

test("dropping keeps nothing for later", () => {
  const { queue, got, dropped } = listened({ newMessageLimit: 1, realtimeOverflow: "drop" });
  for (const id of ["a", "b", "c"]) queue.push(message(id));
  vi.advanceTimersByTime(2000);

  expect(got).toEqual(["a"]);
  expect(dropped()).toBe(2);
});

test("while old messages are read new ones wait, and none comes twice", () => {
  const { queue, got } = listened({});
  queue.hold();
  queue.push(message("b"));
  queue.push(message("c"));
  expect(got).toEqual([]);
  queue.release(new Set(["a", "b"]));

  expect(got).toEqual(["c"]);
});

test("who listens to batches gets one in half a second", () => {
  const batches: string[][] = [];
  const queue = new MessageQueue(
    { onBatchReceived: (all) => batches.push(all.map(({ id }) => id)) },
    {},
  );
  for (const id of ["a", "b"]) queue.push(message(id));
  expect(batches).toEqual([]);
  vi.advanceTimersByTime(500);

  expect(batches).toEqual([["a", "b"]]);
});
