import {
  ConnectionState,
  type LocalTrack,
  type LocalTrackPublication,
  type Room,
  RoomEvent,
} from "livekit-client";
import type { Emitter } from "../core/emitter.js";
import type { EngineEvents } from "../core/engine.js";
import { kindOf } from "./kinds.js";

/**
 * Over a new connection livekit-client publishes again what was sent, and gives up at the first device that it cannot
 * open again. What is then missing is published here, or told as `send-lost` when its source has ended.
 */
export function sendAgain(room: Room, out: Emitter<EngineEvents>): void {
  const missing = new Map<LocalTrack, LocalTrackPublication>();
  room.on(RoomEvent.LocalTrackUnpublished, (publication) => {
    if (room.state === ConnectionState.Reconnecting && publication.track)
      missing.set(publication.track, publication);
  });
  room.on(RoomEvent.LocalTrackPublished, ({ track }) => track && missing.delete(track));
  room.on(RoomEvent.Reconnected, () => {
    for (const [track, publication] of missing) {
      const lost = () => out.emit("send-lost", kindOf(publication));
      if (track.isMuted) continue;
      // One that is just being published is waited for, not published twice.
      if (track.mediaStreamTrack.readyState === "live")
        room.localParticipant.publishTrack(track, publication.options).catch(lost);
      else lost();
    }
    missing.clear();
  });
}
