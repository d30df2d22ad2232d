import type { LiveEncoding, LiveTrack } from "../api/types";

const SOURCES: Record<LiveTrack["source"], string> = {
  "": "",
  camera: "Camera",
  microphone: "Microphone",
  screen_share: "Screen",
  screen_share_audio: "Screen sound",
};

export function sourceName(track: LiveTrack): string {
  const source = SOURCES[track.source];
  return source || track.name || (track.kind === "audio" ? "Audio" : "Video");
}

/** "VP8 1280×720", "Opus + RED". */
export function formatOf(track: LiveTrack, encoding: LiveEncoding | undefined): string {
  const codec = encoding?.codec === "opus" ? "Opus" : (encoding?.codec.toUpperCase() ?? "");
  const size = track.kind === "video" && track.width > 0 ? `${track.width}×${track.height}` : "";
  return [codec, encoding?.red ? "+ RED" : "", size].filter(Boolean).join(" ");
}

/** The class that a loss is shown in: from where people see or hear it. */
export function lossTone(percent: number | null | undefined): "" | "warn" | "bad" {
  if (!percent || percent < 2) return "";
  return percent < 8 ? "warn" : "bad";
}
