import type { Captured, MediaSource, Platform } from "../core/platform.js";
import { LiveKitEngine } from "../livekit/engine.js";
import { capture, createScreenShareVideoTrack } from "./capture.js";
import { getDevices } from "./devices.js";
import { log } from "./log.js";
import { documentViews } from "./views.js";

async function captured(
  what: "audio" | "video",
  constraints: MediaTrackConstraints,
): Promise<Captured> {
  const stream = await capture(what, { [what]: constraints });
  const track = stream.getTracks()[0];
  if (!track) throw new Error("The browser gave no track");
  return { track, constraints: constraints as Record<string, unknown> };
}

const media: MediaSource = {
  microphone: (deviceId) =>
    captured("audio", {
      ...(deviceId ? { deviceId: { exact: deviceId } } : {}),
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
    }),
  camera: ({ deviceId, facingMode, sd }) =>
    captured("video", {
      ...(deviceId ? { deviceId: { exact: deviceId } } : facingMode ? { facingMode } : {}),
      width: { ideal: sd ? 640 : 1280 },
      height: { ideal: sd ? 480 : 720 },
      frameRate: { ideal: 30 },
    }),
  screen: () => createScreenShareVideoTrack({ withAudio: true, encoderConfig: "h1080p_15fps" }),
  devices: getDevices,
};

/** The browser, or what `@livekit/react-native` puts in its place. */
export function browserPlatform(): Platform {
  const hasDocument = typeof document !== "undefined";
  return {
    fetch: (url, init) => fetch(url, init as RequestInit),
    createEngine: (options) => new LiveKitEngine(options),
    media,
    ...(hasDocument ? { views: documentViews, defaultServer: location.origin } : {}),
    now: () => Date.now(),
    log,
  };
}
