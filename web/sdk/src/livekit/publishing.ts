import { LocalAudioTrack, LocalVideoTrack, type TrackPublishOptions } from "livekit-client";
import type { SendOptions } from "../core/engine.js";
import type { StreamKind } from "../core/types.js";
import { sourceOf } from "./kinds.js";

/** LiveKit's track around a captured one; one of the application is left alone when its source ends. */
export function wrapTrack(
  track: MediaStreamTrack,
  { constraints }: SendOptions,
): LocalAudioTrack | LocalVideoTrack {
  const own = constraints === undefined;
  const captured = constraints as MediaTrackConstraints | undefined;
  return track.kind === "audio"
    ? new LocalAudioTrack(track, captured, own)
    : new LocalVideoTrack(track, captured, own);
}

/** How LiveKit is to publish. */
export function publishOptions(kind: StreamKind, options: SendOptions): TrackPublishOptions {
  const { maxBitrate, maxFramerate } = options;
  const encoding = maxBitrate ? { maxBitrate, maxFramerate } : undefined;
  return {
    source: sourceOf(kind),
    stream: kind === "shareAudio" ? sourceOf("share") : undefined,
    simulcast: options.simulcast,
    ...(options.codec ? { videoCodec: options.codec } : {}),
    ...(kind === "video" && encoding ? { videoEncoding: encoding } : {}),
    ...(kind === "share" && encoding ? { screenShareEncoding: encoding } : {}),
    ...(options.stereo ? { forceStereo: true, red: false, dtx: false } : {}),
    ...((kind === "audio" || kind === "shareAudio") && maxBitrate
      ? { audioPreset: { maxBitrate } }
      : {}),
  };
}
