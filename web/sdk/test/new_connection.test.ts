import { EventEmitter } from "node:events";
import { ConnectionState, type Room, RoomEvent } from "livekit-client";
import { afterEach, expect, test, vi } from "vitest";
import { Emitter } from "../src/core/emitter.js";
import type { EngineEvents } from "../src/core/engine.js";
import { sendAgain } from "../src/livekit/republishing.js";

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const chromium =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

afterEach(() => vi.unstubAllGlobals());

/** A room whose peer connection is in a state that the test sets. */
function fakeRoom() {
  const connection = { state: "connected", getConnectionState: () => connection.state };
  const room = Object.assign(new EventEmitter(), {
    state: ConnectionState.Reconnecting,
    engine: { fullReconnectOnNext: false, pcManager: { publisher: connection } },
    localParticipant: { publishTrack: vi.fn(async () => undefined) },
  });
  return { connection, room, asRoom: room as unknown as Room };
}

test.each([
  ["Firefox", firefox, true],
  ["Chromium", chromium, false],
])(
  "in %s a peer connection that failed is replaced once or kept",
  async (_, userAgent, replaced) => {
    vi.stubGlobal("navigator", { userAgent });
    vi.resetModules();
    const { replaceFailedConnections } = await import("../src/livekit/new_connection.js");
    const { connection, room, asRoom } = fakeRoom();
    replaceFailedConnections(asRoom);
    room.emit(RoomEvent.SignalReconnecting);
    expect(room.engine.fullReconnectOnNext).toBe(false);
    connection.state = "failed";
    room.emit(RoomEvent.Reconnecting);
    expect(room.engine.fullReconnectOnNext).toBe(replaced);

    // The new connection begins while the old one is still there.
    room.engine.fullReconnectOnNext = false;
    room.emit(RoomEvent.Reconnecting);
    expect(room.engine.fullReconnectOnNext).toBe(false);
  },
);

test("after a new connection what is missing is sent again, and what has ended is told", () => {
  const { room, asRoom } = fakeRoom();
  const out = new Emitter<EngineEvents>();
  const lost: string[] = [];
  out.on("send-lost", (kind) => lost.push(kind));
  sendAgain(asRoom, out);
  const publication = (source: string, readyState: string, isMuted = false) => ({
    source,
    options: { source },
    track: { isMuted, mediaStreamTrack: { readyState } },
  });
  const camera = publication("camera", "ended");
  const microphone = publication("microphone", "live");
  const screen = publication("screen_share", "live");
  const muted = publication("screen_share_audio", "ended", true);
  for (const each of [camera, microphone, screen, muted])
    room.emit(RoomEvent.LocalTrackUnpublished, each);
  room.emit(RoomEvent.LocalTrackPublished, microphone);
  room.emit(RoomEvent.Reconnected);
  room.emit(RoomEvent.Reconnected);

  expect(lost).toEqual(["video"]);
  expect(room.localParticipant.publishTrack.mock.calls).toEqual([[screen.track, screen.options]]);
});
