import type { BitrateMode, VideoCodec } from "../core/constants.js";
import { failure, unsupported } from "../core/error.js";
import { hint } from "../core/send_hints.js";
import { captureFailure } from "./capture_failure.js";
import {
  CAMERA_PRESETS,
  type CameraPresetName,
  MICROPHONE_PRESETS,
  type MicrophonePresetName,
  SCREEN_PRESETS,
  type ScreenPresetName,
} from "./presets.js";

/** What a picture is good for: sharp letters, smooth motion, or detail. */
export type OptimizationMode = "text" | "motion" | "detail";

/** How a camera is captured and sent. */
export interface CameraTrackOptions {
  cameraId?: string;
  encoderConfig?: CameraPresetName;
  facingMode?: "user" | "environment";
  optimizationMode?: OptimizationMode;
  /** Send several qualities (true). */
  multiStream?: boolean;
  /** How much bitrate the size may take (`balanced`). */
  bitrateMode?: BitrateMode;
  /** Qualities sent at most, 2 or 3; accepted, the server asks for those that are needed. */
  maxLayer?: 2 | 3;
  codec?: VideoCodec;
}

/** How a microphone is captured and sent. */
export interface MicrophoneTrackOptions {
  microphoneId?: string;
  encoderConfig?: MicrophonePresetName;
  /** What the browser does to the sound; unset ones by the preset. */
  noiseConfig?: {
    noiseSuppression?: boolean;
    echoCancellation?: boolean;
    autoGainControl?: boolean;
  };
}

/** How a screen is captured and sent. */
export interface ScreenShareTrackOptions {
  encoderConfig?: ScreenPresetName;
  optimizationMode?: OptimizationMode;
  /** The screen's sound too, where the browser can (false). */
  withAudio?: boolean | "enable" | "disable";
}

/** Captures a camera. Rejects with 3013, 3014, 3017 to 3020, 3071. */
export async function createCameraVideoTrack(
  options: CameraTrackOptions = {},
): Promise<MediaStream> {
  const preset = presetOf(CAMERA_PRESETS, options.encoderConfig ?? "h720p_w1280p");
  const stream = await capture("video", {
    video: {
      ...(options.cameraId ? { deviceId: { exact: options.cameraId } } : {}),
      ...(options.facingMode ? { facingMode: options.facingMode } : {}),
      width: { ideal: preset.width },
      height: { ideal: preset.height },
      frameRate: { ideal: preset.frameRate },
    },
  });
  const level = { bandwidth_optimized: 0, balanced: 1, high_quality: 2 } as const;
  for (const track of stream.getVideoTracks()) {
    if (options.optimizationMode) track.contentHint = options.optimizationMode;
    hint(track, {
      maxBitrate: preset.bitrates[level[options.bitrateMode ?? "balanced"]],
      maxFramerate: preset.frameRate,
      ...(options.multiStream === undefined ? {} : { simulcast: options.multiStream }),
      ...(options.codec ? { codec: codecOf(options.codec) } : {}),
    });
  }
  return stream;
}

/** Captures a microphone. Rejects with 3011, 3012, 3021 to 3024, 3071. */
export async function createMicrophoneAudioTrack(
  options: MicrophoneTrackOptions = {},
): Promise<MediaStream> {
  const preset = presetOf(MICROPHONE_PRESETS, options.encoderConfig ?? "speech_standard");
  const { noiseConfig = {} } = options;
  const stream = await capture("audio", {
    audio: {
      ...(options.microphoneId ? { deviceId: { exact: options.microphoneId } } : {}),
      noiseSuppression: noiseConfig.noiseSuppression ?? preset.processed,
      echoCancellation: noiseConfig.echoCancellation ?? preset.processed,
      autoGainControl: noiseConfig.autoGainControl ?? preset.processed,
      channelCount: preset.stereo ? 2 : 1,
    },
  });
  for (const track of stream.getAudioTracks())
    hint(track, { maxBitrate: preset.bitrate, stereo: preset.stereo });
  return stream;
}

/** Asks for a screen, window or tab. Rejects with 3015, 3016, 3071. */
export async function createScreenShareVideoTrack(
  options: ScreenShareTrackOptions = {},
): Promise<MediaStream> {
  const preset = presetOf(SCREEN_PRESETS, options.encoderConfig ?? "h720p_15fps");
  const { mediaDevices } = navigator;
  if (!mediaDevices?.getDisplayMedia)
    throw failure("SCREEN_CAPTURE_NOT_SUPPORTED", "This browser cannot share a screen");
  try {
    const stream = await mediaDevices.getDisplayMedia({
      video: {
        width: { ideal: preset.width },
        height: { ideal: preset.height },
        frameRate: { ideal: preset.frameRate },
      },
      audio: options.withAudio === true || options.withAudio === "enable",
    });
    for (const track of stream.getVideoTracks()) {
      track.contentHint = options.optimizationMode ?? "text";
      hint(track, { maxBitrate: preset.bitrate, maxFramerate: preset.frameRate });
    }
    return stream;
  } catch (thrown) {
    throw captureFailure(thrown, "screen");
  }
}

/** Captures one kind. Rejects with a number of capturing. */
export async function capture(
  what: "audio" | "video",
  constraints: MediaStreamConstraints,
): Promise<MediaStream> {
  const { mediaDevices } = navigator;
  if (!mediaDevices?.getUserMedia) throw unsupported("Capturing on a page without https");
  try {
    return await mediaDevices.getUserMedia(constraints);
  } catch (thrown) {
    throw captureFailure(thrown, what);
  }
}

function presetOf<T>(presets: Readonly<Record<string, T>>, name: string): T {
  const preset = Object.hasOwn(presets, name) ? presets[name] : undefined;
  if (!preset)
    throw failure(
      "INVALID_TRACK_CONFIG",
      `encoderConfig is one of ${Object.keys(presets).join(", ")}`,
    );
  return preset;
}

function codecOf(codec: VideoCodec): "vp8" | "vp9" | "h264" | "av1" {
  const known = { VP8: "vp8", VP9: "vp9", H264: "h264", AV1: "av1" } as const;
  const name = known[codec.toUpperCase() as VideoCodec];
  if (!name) throw failure("INVALID_TRACK_CONFIG", "codec is VP8, VP9, H264 or AV1");
  return name;
}
