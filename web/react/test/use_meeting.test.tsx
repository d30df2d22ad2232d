import { MEETING_EVENTS } from "@plenum/js-sdk";
import { act } from "@testing-library/react";
import { afterEach, expect, test, vi } from "vitest";
import { MEETING_SOURCES } from "../src/callbacks.js";
import { type MeetingCallbacks, useMeeting } from "../src/index.js";
import { show } from "./stage.js";

afterEach(() => vi.restoreAllMocks());

type Seen = ReturnType<typeof useMeeting>;

function watch(read: (meeting: Seen) => unknown = (meeting) => ({ ...meeting })) {
  const seen: { meeting?: Seen; renders: number } = { renders: 0 };
  function Watch({ callbacks }: { callbacks?: MeetingCallbacks }) {
    const meeting = useMeeting(callbacks);
    read(meeting);
    seen.meeting = meeting;
    seen.renders += 1;
    return null;
  }
  return { seen, Watch };
}

test("everybody is in participants, oneself first, from joining to leaving", async () => {
  const { seen, Watch } = watch();
  const page = show(<Watch />);
  page.meeting.comes("early");
  expect(seen.meeting?.participants.size).toBe(0);

  await act(() => page.meeting.join());
  act(() => void page.meeting.comes("a"));
  expect([...(seen.meeting?.participants.keys() ?? [])]).toEqual(["me", "early", "a"]);
  expect(seen.meeting?.isMeetingJoined).toBe(true);

  await act(async () => seen.meeting?.leave());
  expect(seen.meeting?.participants.size).toBe(0);
  expect(seen.meeting?.isMeetingJoined).toBe(false);
});

test("states of the meeting are followed", async () => {
  const { seen, Watch } = watch();
  const { meeting } = show(<Watch />);
  act(() => {
    meeting.recordingState = "RECORDING_STARTED";
    meeting.emit("recording-state-changed", { status: "RECORDING_STARTED" });
    meeting.hlsState = "HLS_PLAYABLE";
    meeting.emit("hls-state-changed", { status: "HLS_PLAYABLE" });
    meeting.activePresenterId = "me";
    meeting.emit("presenter-changed", "me");
    meeting.mainParticipantId = "me";
    meeting.emit("main-participant-changed", null);
    meeting.localParticipant.turnOn("video");
  });

  expect(seen.meeting).toMatchObject({
    isRecording: true,
    isHls: true,
    isLiveStreaming: false,
    presenterId: "me",
    localWebcamOn: true,
    localMicOn: false,
  });
  expect(seen.meeting?.mainParticipant).toBe(meeting.localParticipant);
});

test("only a field that was read makes a component render", () => {
  const { seen, Watch } = watch((meeting) => meeting.recordingState);
  const { meeting } = show(<Watch />, {}, false);
  const before = seen.renders;
  act(() => meeting.speaks("a"));
  act(() => void meeting.comes("a"));
  expect(seen.renders).toBe(before);
  expect(seen.meeting?.activeSpeakerId).toBe("a");

  act(() => meeting.speaks("b"));
  expect(seen.renders).toBeGreaterThan(before);
  expect(seen.meeting?.activeSpeakerId).toBe("b");
});

test("an event that changes nothing renders nothing", () => {
  const { seen, Watch } = watch();
  const { meeting } = show(<Watch />, {}, false);
  const before = seen.renders;
  act(() => meeting.emit("hls-state-changed", { status: "HLS_STOPPED" }));

  expect(seen.renders).toBe(before);
});

test("the newest callback is called, once, in StrictMode too", () => {
  const { Watch } = watch();
  const first = vi.fn();
  const second = vi.fn();
  const page = show(<Watch callbacks={{ onSpeakerChanged: first }} />);
  page.again(<Watch callbacks={{ onSpeakerChanged: second }} />);
  act(() => page.meeting.speaks("a"));
  expect(first).not.toHaveBeenCalled();
  expect(second.mock.calls).toEqual([["a"]]);

  page.again(<Watch callbacks={{}} />);
  act(() => page.meeting.speaks(null));
  expect(second).toHaveBeenCalledTimes(1);
});

test("every event of a meeting has a callback, and single states have theirs", () => {
  const covered = new Set(Object.values(MEETING_SOURCES).map(([event]) => event));
  expect([...covered].sort()).toEqual([...MEETING_EVENTS].sort());

  const { Watch } = watch();
  const calls: string[] = [];
  const callbacks: MeetingCallbacks = {
    onRecordingStarted: () => calls.push("recording"),
    onLiveStreamStopped: () => calls.push("live over"),
    onHlsStarted: ({ playbackHlsUrl }) => calls.push(`hls ${playbackHlsUrl}`),
    onHlsStopped: () => calls.push("hls over"),
  };
  const { meeting } = show(<Watch callbacks={callbacks} />);
  act(() => {
    meeting.emit("recording-state-changed", { status: "RECORDING_STARTING" });
    meeting.emit("recording-state-changed", { status: "RECORDING_STARTED" });
    meeting.emit("livestream-state-changed", { status: "LIVESTREAM_STOPPED" });
    meeting.emit("hls-state-changed", { status: "HLS_PLAYABLE", playbackHlsUrl: "url" });
    meeting.emit("hls-state-changed", { status: "HLS_STOPPED" });
  });
  expect(calls).toEqual(["recording", "live over", "hls url", "hls over"]);
});

test("a toggle turns on and off, and does not take a click for a stream", async () => {
  const { seen, Watch } = watch();
  const { meeting } = show(<Watch />);
  const toggle = seen.meeting?.toggleMic as (click?: unknown) => Promise<void>;
  await act(() => toggle(new MouseEvent("click")));
  expect(meeting.unmuteMic).toHaveBeenCalledWith(undefined);
  expect(seen.meeting?.localMicOn).toBe(true);

  await act(() => toggle());
  expect(meeting.muteMic).toHaveBeenCalledTimes(1);
  expect(seen.meeting?.localMicOn).toBe(false);
  expect(seen.meeting?.toggleMic).toBe(toggle);
});
