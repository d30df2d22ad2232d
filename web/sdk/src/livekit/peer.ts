import {
  type Participant,
  RemoteTrackPublication,
  Track,
  type TrackPublication,
} from "livekit-client";
import type { EnginePeer, EngineTrack } from "../core/engine.js";
import { kindOf } from "./kinds.js";

/** A participant of LiveKit as the meeting reads it: always as it is now. */
export class Peer implements EnginePeer {
  constructor(private readonly participant: Participant) {}

  get id(): string {
    return this.participant.identity;
  }

  get name(): string {
    return this.participant.name ?? "";
  }

  get metadata(): string {
    return this.participant.metadata ?? "";
  }

  get attributes(): Readonly<Record<string, string>> {
    return this.participant.attributes;
  }

  get tracks(): readonly EngineTrack[] {
    return [...this.participant.trackPublications.values()].map(trackOf);
  }
}

function trackOf(publication: TrackPublication): EngineTrack {
  const remote = publication instanceof RemoteTrackPublication ? publication : undefined;
  const kind = kindOf(publication);
  return {
    id: publication.trackSid,
    kind,
    muted: publication.isMuted,
    paused:
      remote !== undefined &&
      (!remote.isEnabled || remote.track?.streamState === Track.StreamState.Paused),
    codec: (publication.mimeType ?? "").replace(/^(audio|video)\//i, "").toLowerCase(),
    media: remote && !remote.isDesired ? undefined : publication.track?.mediaStreamTrack,
  };
}
