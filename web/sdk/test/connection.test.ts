import { expect, test } from "vitest";
import { EngineCallError } from "../src/core/engine.js";
import { fakeMeeting, fakePeer, fakePublication, LIVEKIT_TOKEN } from "./fake_engine.js";

test("there is no DOM in these tests", () => {
  expect(typeof document).toBe("undefined");
});

test("joining tells state, joined, who is there and what runs, in this order", async () => {
  const { engine, meeting, names } = fakeMeeting();
  engine.peers.set("ada", fakePeer("ada"));
  engine.answers["state.get"] = () => ({
    seq: 4,
    focus: { activeSpeaker: "ada", presenter: null, main: "ada" },
    recording: { status: "RECORDING_STARTED" },
  });
  await meeting.join();

  expect(names()).toEqual([
    "meeting-state-changed",
    "meeting-state-changed",
    "meeting-joined",
    "participant-joined",
    "speaker-changed",
    "main-participant-changed",
    "recording-state-changed",
  ]);
  expect(meeting.recordingState).toBe("RECORDING_STARTED");
});

test("events that a snapshot holds already are not told again", async () => {
  const { engine, meeting, told } = fakeMeeting();
  engine.answers["state.get"] = () => {
    engine.tells("recording.state", { status: "RECORDING_STARTING" }, 3);
    engine.tells("recording.state", { status: "RECORDING_STARTED" }, 5);
    return { seq: 4, focus: null, recording: { status: "RECORDING_STARTING" } };
  };
  await meeting.join();

  const states = told.filter(([name]) => name === "recording-state-changed").map(([, e]) => e);
  expect(states).toEqual([{ status: "RECORDING_STARTING" }, { status: "RECORDING_STARTED" }]);
});

test("a message on the server's topic from a participant is nobody's", async () => {
  const { engine, meeting } = fakeMeeting();
  await meeting.join();
  const bytes = new TextEncoder().encode(
    JSON.stringify({
      v: 1,
      seq: 9,
      type: "recording.state",
      data: { status: "RECORDING_STARTED" },
    }),
  );
  engine.emit("data", { bytes, topic: "plenum/events", from: "mallory", reliable: true });

  expect(meeting.recordingState).toBe("RECORDING_STOPPED");
});

test("what the server refuses has the server's number, and error listeners hear it", async () => {
  const { engine, meeting, told } = fakeMeeting();
  await meeting.join();
  engine.answers["mode.set"] = () =>
    new EngineCallError(1500, "refused", '{"number":4065,"code":"CHANGE","message":"No"}');

  await expect(meeting.changeMode("RECV_ONLY")).rejects.toMatchObject({
    code: 4065,
    message: "No",
  });
  expect(told.at(-1)).toMatchObject(["error", { code: 4065, name: "CHANGE" }]);
});

test("actions before joining, while reconnecting and twice at a time are refused", async () => {
  const { engine, meeting } = fakeMeeting();
  await expect(meeting.muteMic()).rejects.toMatchObject({ code: 3035 });
  await meeting.join();
  engine.emit("reconnecting");
  await expect(meeting.unmuteMic()).rejects.toMatchObject({ code: 3065 });
  engine.emit("reconnected");
  const first = meeting.unmuteMic();
  await expect(meeting.unmuteMic()).rejects.toMatchObject({ code: 3055 });
  await first;
  await expect(meeting.unmuteMic()).rejects.toMatchObject({ code: 3054 });
  expect(meeting.localParticipant.micOn).toBe(true);
});

test("limits and codecs of what is sent are told", async () => {
  const { engine, meeting, told } = fakeMeeting();
  await meeting.join();
  engine.emit("limitation", { type: "cpu", active: true });
  engine.emit("codec", { previous: "av1", current: "vp8", kind: "video" });

  expect(told.slice(-2)).toEqual([
    ["quality-limitation", { type: "cpu", state: "detected", timestamp: 1000 }],
    [
      "codec-changed",
      {
        previousCodec: "av1",
        currentCodec: "vp8",
        unsupportedRemoteCodec: "av1",
        kind: "video",
        causedBy: null,
      },
    ],
  ]);
});

test("on a server that is not Plenum the focus is found here, and its calls fail with numbers", async () => {
  const { engine, meeting, told } = fakeMeeting({ token: LIVEKIT_TOKEN });
  engine.answers["state.get"] = () => new EngineCallError(1401, "no such recipient", undefined);
  engine.answers["pin.set"] = () => new EngineCallError(1401, "no such recipient", undefined);
  await meeting.join();
  const ada = engine.enters(fakePeer("ada"));
  engine.emit("speakers", ["ada"]);
  ada.tracks.push(fakePublication("share"));
  engine.emit("peer", "ada");

  expect(meeting.activeSpeakerId).toBe("ada");
  expect(meeting.activePresenterId).toBe("ada");
  await expect(meeting.participants.get("ada")?.pin()).rejects.toMatchObject({ code: 4071 });
  expect(told.at(-1)).toMatchObject(["error", { code: 4071 }]);
});

test("a stream ends when its sender mutes and another begins when it speaks again", async () => {
  const { engine, meeting } = fakeMeeting();
  await meeting.join();
  const peer = engine.enters(fakePeer("ada", { tracks: [fakePublication("audio")] }));
  const ada = meeting.participants.get("ada");
  const seen: string[] = [];
  ada?.on("stream-disabled", (stream) => seen.push(`-${stream.kind}`));
  ada?.on("stream-enabled", (stream) => seen.push(`+${stream.kind}`));
  peer.tracks = [fakePublication("audio", { muted: true })];
  engine.emit("peer", "ada");
  expect(ada?.micOn).toBe(false);
  peer.tracks = [fakePublication("audio")];
  engine.emit("peer", "ada");

  expect(seen).toEqual(["-audio", "+audio"]);
});

test("rendering without a document is refused with a number", async () => {
  const { meeting } = fakeMeeting();
  await meeting.join();
  expect(() => meeting.localParticipant.renderVideo()).toThrowError(
    expect.objectContaining({ code: 3068 }),
  );
});

test("the reason to leave has VideoSDK's number, and nothing of the meeting is left", async () => {
  const { engine, meeting, told } = fakeMeeting();
  await meeting.join();
  engine.enters(fakePeer("ada"));
  engine.emit("ended", "DUPLICATE_IDENTITY");
  await new Promise((resolve) => setTimeout(resolve));

  expect(told.at(-1)).toEqual(["meeting-left", { code: 1011, message: "DUPLICATE_PARTICIPANT" }]);
  expect(meeting.participants.size).toBe(0);
});

test.each([
  ["PARTICIPANT_REMOVED", { code: 1002, message: "REMOVE_PEER" }],
  ["PARTICIPANT_REMOVED_BY_API", { code: 1010, message: "REMOVE_PEER_API" }],
])("%s has its own number, for others too", async (why, reason) => {
  const { engine, meeting, told } = fakeMeeting();
  await meeting.join();
  engine.enters(fakePeer("ada"));
  engine.emit("peer-left", "ada", why);
  expect(told.at(-1)).toEqual(["participant-left", expect.anything(), reason]);
  engine.emit("ended", why);
  await new Promise((resolve) => setTimeout(resolve));

  expect(told.at(-1)).toEqual(["meeting-left", reason]);
});

test("a camera that a new connection lost is opened and sent again", async () => {
  const { engine, meeting } = fakeMeeting();
  await meeting.join();
  await meeting.enableWebcam();
  engine.emit("reconnecting");
  await engine.unpublish("video");
  engine.emit("reconnected");
  expect(meeting.localParticipant.webcamOn).toBe(false);
  engine.emit("send-lost", "video");
  await new Promise((resolve) => setTimeout(resolve));

  expect(meeting.localParticipant.webcamOn).toBe(true);
});

test("an answer of HTTP that refuses says its number, and joining can be tried again", async () => {
  let refuses = true;
  const { meeting, told } = fakeMeeting(
    {},
    {
      fetch: async () => ({
        ok: !refuses,
        status: refuses ? 403 : 200,
        json: async () =>
          refuses
            ? { number: 4022, code: "UNAUTHORIZED_MEETING_ID", message: "Not this room" }
            : { url: "wss://plenum.test", token: "t", participantId: "me" },
        arrayBuffer: async () => new ArrayBuffer(0),
      }),
    },
  );
  await expect(meeting.join()).rejects.toMatchObject({ code: 4022 });
  expect(told.at(-1)).toEqual(["meeting-left", { code: 1103, message: "JOIN_ROOM_FAILED" }]);
  refuses = false;
  await meeting.join();
  expect(told.at(-1)?.[0]).toBe("meeting-joined");
});
