import type { PubSubListeners } from "@plenum/js-sdk";
import { act } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { type UsePubSubOptions, useFile, usePubSub, useRealtimeStore } from "../src/index.js";
import { message } from "./fake_meeting.js";
import { show } from "./stage.js";

afterEach(() => vi.restoreAllMocks());

let topic: ReturnType<typeof usePubSub>;
function Chat({ on, options }: { on?: PubSubListeners; options?: UsePubSubOptions }) {
  topic = usePubSub("CHAT", on, options);
  return null;
}
const ids = () => topic.messages.map(({ id }) => id);

test("a topic is subscribed once, when joined, and its messages are in order", async () => {
  const onMessageReceived = vi.fn();
  const page = show(<Chat on={{ onMessageReceived }} />);
  const { meeting } = page;
  await act(async () => undefined);
  expect(meeting.pubSub.subscribe).not.toHaveBeenCalled();

  meeting.old = [message("CHAT", "old", 1)];
  await act(() => meeting.join());
  act(() => meeting.says("CHAT", "new", 2));
  act(() => meeting.says("CHAT", "new", 2));
  expect(meeting.pubSub.subscribe).toHaveBeenCalledTimes(1);
  expect(ids()).toEqual(["old", "new"]);
  expect(onMessageReceived).toHaveBeenCalledTimes(2);

  await topic.publish("hello", { persist: true }, { a: 1 });
  expect(meeting.pubSub.publish).toHaveBeenCalledWith("CHAT", "hello", { persist: true }, { a: 1 });
  page.again(null);
  await act(async () => undefined);
  expect(meeting.topics.get("CHAT")?.size).toBe(0);
});

test("after leaving nothing is unsubscribed, and joining again begins anew", async () => {
  const { meeting } = show(<Chat />);
  await act(() => meeting.join());
  act(() => meeting.says("CHAT", "first visit", 1));
  await act(() => meeting.leave());
  expect(meeting.pubSub.unsubscribe).not.toHaveBeenCalled();

  await act(() => meeting.join());
  expect(meeting.pubSub.subscribe).toHaveBeenCalledTimes(2);
  expect(ids()).toEqual([]);
});

test("a topic that is asked for while the connection is restored waits for it", async () => {
  const page = show(null);
  const { meeting } = page;
  await act(() => meeting.join());
  act(() => meeting.emit("meeting-state-changed", { state: "RECONNECTING" }));
  page.again(<Chat />);
  await act(async () => undefined);
  expect(meeting.pubSub.subscribe).not.toHaveBeenCalled();

  await act(async () => meeting.emit("meeting-state-changed", { state: "CONNECTED" }));
  expect(meeting.pubSub.subscribe).toHaveBeenCalledTimes(1);
});

test("messages are kept up to a limit, or not at all", async () => {
  const page = show(<Chat options={{ maxMessages: 2 }} />);
  await act(() => page.meeting.join());
  act(() => {
    for (const [i, id] of ["a", "b", "c"].entries()) page.meeting.says("CHAT", id, i);
  });
  expect(ids()).toEqual(["b", "c"]);

  page.again(<Chat options={{ bufferMessages: false, maxMessages: 2 }} />);
  act(() => page.meeting.says("CHAT", "d", 4));
  expect(ids()).toEqual(["b", "c"]);
});

test("a key is watched once, and no longer than it is shown", async () => {
  const changes: unknown[] = [];
  let store: ReturnType<typeof useRealtimeStore> | undefined;
  function Watch() {
    store = useRealtimeStore("key", { onValueChanged: (change) => changes.push(change) });
    return null;
  }
  const page = show(<Watch />);
  const { meeting } = page;
  await act(() => meeting.join());
  expect(meeting.observers.size).toBe(1);
  for (const { observer } of meeting.observers.values()) observer("v", "a");
  expect(changes).toEqual([{ value: "v", updatedBy: "a" }]);
  await store?.setValue("w");
  expect(meeting.realtimeStore.setValue).toHaveBeenCalledWith("key", "w");
  expect(await store?.getValue()).toBe("value");

  page.again(null);
  await act(async () => undefined);
  expect(meeting.observers.size).toBe(0);
});

test("files go to the meeting", async () => {
  let files: ReturnType<typeof useFile> | undefined;
  function Watch() {
    files = useFile();
    return null;
  }
  show(<Watch />);
  const file = { base64Data: "AA==", token: "t", fileName: "f" };
  expect(await files?.uploadBase64File(file)).toContain("https://");
});
