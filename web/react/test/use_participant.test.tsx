import { act } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { type ParticipantCallbacks, useParticipant, useStream } from "../src/index.js";
import type { FakeParticipant } from "./fake_meeting.js";
import { show } from "./stage.js";

afterEach(() => vi.restoreAllMocks());

function watchParticipant(id: string) {
  const seen: { person?: ReturnType<typeof useParticipant>; renders: number } = { renders: 0 };
  function Watch(callbacks: ParticipantCallbacks) {
    const person = useParticipant(id, callbacks);
    seen.person = { ...person };
    seen.renders += 1;
    return null;
  }
  return { seen, Watch };
}

test("a participant is followed from coming to leaving", async () => {
  const { seen, Watch } = watchParticipant("a");
  const { meeting } = show(<Watch />);
  expect(seen.person).toMatchObject({ displayName: "", webcamOn: false, participant: undefined });
  await expect(seen.person?.pin()).rejects.toMatchObject({ code: 3073 });

  act(() => void meeting.comes("a").turnOn("video"));
  expect(seen.person).toMatchObject({ displayName: "A", webcamOn: true, isLocal: false });
  expect(seen.person?.webcamStream).toBe(meeting.participants.get("a")?.stream("video"));
  await act(async () => seen.person?.pin("CAM"));
  expect(meeting.participants.get("a")?.pin).toHaveBeenCalledWith("CAM");

  act(() => meeting.speaks("a"));
  expect(seen.person?.isActiveSpeaker).toBe(true);
  act(() => meeting.participants.get("a")?.turnOff("video"));
  expect(seen.person).toMatchObject({ webcamOn: false, webcamStream: null });
  await act(() => meeting.leave());
  expect(seen.person?.participant).toBeUndefined();
});

test("what others do renders nothing here", () => {
  const { seen, Watch } = watchParticipant("a");
  const { meeting } = show(<Watch />, {}, false);
  act(() => void meeting.comes("a"));
  act(() => void meeting.comes("b"));
  const before = seen.renders;
  const looked = vi.spyOn(meeting.participants.get("a") as FakeParticipant, "stream");
  act(() => {
    meeting.participants.get("b")?.turnOn("video");
    meeting.participants.get("b")?.turnOn("audio");
  });
  expect(looked).not.toHaveBeenCalled();
  act(() => {
    meeting.speaks("b");
    meeting.localParticipant.turnOn("video");
  });
  expect(seen.renders).toBe(before);

  act(() => void meeting.participants.get("a")?.turnOn("audio"));
  expect(seen.renders).toBe(before + 1);
});

test("callbacks go with the participant, also when another one takes the place", () => {
  const { Watch } = watchParticipant("a");
  const onStreamEnabled = vi.fn();
  const { meeting } = show(<Watch onStreamEnabled={onStreamEnabled} />);
  act(() => void meeting.comes("a"));
  const gone = meeting.participants.get("a");
  act(() => void meeting.comes("a"));
  expect(gone?.listenerCount("stream-enabled")).toBe(0);

  act(() => void meeting.participants.get("a")?.turnOn("video"));
  expect(onStreamEnabled).toHaveBeenCalledTimes(1);
});

test("a stream is found by its id, paused, and tells its state", async () => {
  let seen: ReturnType<typeof useStream> | undefined;
  const onStreamStateChanged = vi.fn();
  function Watch({ id }: { id: string }) {
    seen = useStream(id, { onStreamStateChanged });
    void { ...seen };
    return null;
  }
  const page = show(<Watch id="none" />);
  expect(seen).toMatchObject({ kind: undefined, paused: false });
  await expect(seen?.pause()).rejects.toMatchObject({ code: 3073 });

  const a = page.meeting.comes("a");
  const stream = a.turnOn("video");
  page.again(<Watch id={stream.id} />);
  expect(seen).toMatchObject({ kind: "video", codec: "vp8", paused: false });
  act(() => {
    stream.paused = true;
    a.emit("stream-paused", { kind: "video", reason: "leastDominance" });
    stream.emit("state", { state: "stuck", timestamp: 1 });
  });
  expect(seen?.paused).toBe(true);
  expect(onStreamStateChanged).toHaveBeenCalledTimes(1);
  await act(async () => seen?.resume());
  expect(stream.resume).toHaveBeenCalledTimes(1);
});
