import { Track, VideoQuality } from "livekit-client";
import type { Quality, StreamKind } from "../core/types.js";

const sources: Record<StreamKind, Track.Source> = {
  audio: Track.Source.Microphone,
  video: Track.Source.Camera,
  share: Track.Source.ScreenShare,
  shareAudio: Track.Source.ScreenShareAudio,
};

/** LiveKit's name of a kind. */
export function sourceOf(kind: StreamKind): Track.Source {
  return sources[kind];
}

/** The kind of a publication; one of an unknown source counts as microphone or camera. */
export function kindOf(publication: { source: Track.Source; kind: Track.Kind }): StreamKind {
  for (const kind of Object.keys(sources) as StreamKind[])
    if (sources[kind] === publication.source) return kind;
  return publication.kind === Track.Kind.Audio ? "audio" : "video";
}

const qualities: Record<Quality, VideoQuality> = {
  low: VideoQuality.LOW,
  med: VideoQuality.MEDIUM,
  high: VideoQuality.HIGH,
};

/** LiveKit's number of a quality. */
export function qualityOf(quality: Quality): VideoQuality {
  return qualities[quality];
}
