import type { ErrorName } from "../core/codes.js";
import { failure, MeetingError } from "../core/error.js";

/** What is captured. */
export type Captures = "audio" | "video" | "screen";

const words: Record<
  Captures,
  {
    denied: ErrorName;
    bySystem: ErrorName;
    none: ErrorName;
    busy: ErrorName;
    unsupported: ErrorName;
  }
> = {
  audio: {
    denied: "MICROPHONE_ACCESS_DENIED",
    bySystem: "MICROPHONE_ACCESS_DENIED_BY_SYSTEM",
    none: "MICROPHONE_NOT_FOUND",
    busy: "MICROPHONE_IN_USE",
    unsupported: "AUDIO_CAPTURE_NOT_SUPPORTED",
  },
  video: {
    denied: "CAMERA_ACCESS_DENIED",
    bySystem: "CAMERA_ACCESS_DENIED_BY_SYSTEM",
    none: "CAMERA_NOT_FOUND",
    busy: "CAMERA_IN_USE",
    unsupported: "VIDEO_CAPTURE_NOT_SUPPORTED",
  },
  screen: {
    denied: "SCREEN_CAPTURE_DENIED",
    bySystem: "SCREEN_CAPTURE_DENIED",
    none: "SCREEN_CAPTURE_NOT_SUPPORTED",
    busy: "SCREEN_CAPTURE_DENIED",
    unsupported: "SCREEN_CAPTURE_NOT_SUPPORTED",
  },
};

/** The error of a browser that did not capture, in our numbers. */
export function captureFailure(thrown: unknown, what: Captures): MeetingError {
  if (thrown instanceof MeetingError) return thrown;
  const { name, message } =
    thrown instanceof Error ? thrown : { name: "", message: String(thrown) };
  const names = words[what];
  const found: Record<string, ErrorName> = {
    NotAllowedError: /system/i.test(message) ? names.bySystem : names.denied,
    SecurityError: names.denied,
    NotFoundError: names.none,
    OverconstrainedError: names.none,
    NotReadableError: names.busy,
    AbortError: names.busy,
    TypeError: names.unsupported,
    NotSupportedError: names.unsupported,
  };
  return failure(found[name] ?? names.unsupported, message || "Capturing failed");
}
