import type { Job, MediaFile } from "../api/types";

export type Tone = "running" | "good" | "bad" | "quiet";

const RUNNING = new Set(["starting", "recording", "started", "playable"]);

/** It can be ended. */
export const isRunning = (job: Job) => RUNNING.has(job.status);

/** It can be deleted. Livestreams leave nothing behind. */
export const hasEnded = (job: Job) => ["completed", "stopped", "failed"].includes(job.status);

export function toneOf(job: Job): Tone {
  if (job.status === "failed") return "bad";
  if (isRunning(job)) return "running";
  return job.status === "completed" || job.status === "stopped" ? "good" : "quiet";
}

/** What there is to download, the parts of a continued recording in order. */
export function filesOf(job: Job): MediaFile[] {
  if (job.files?.length) return job.files;
  return job.file ? [job.file] : [];
}

/** The name to save a file under: the last part of its path. */
export const fileName = (file: MediaFile) => file.filePath.split("/").pop() || "recording";

/** Where to watch an HLS stream: from its beginning, which also holds while it runs. */
export const hlsUrl = (job: Job) =>
  job.status === "starting" ? undefined : job.playbackHlsUrl || undefined;
