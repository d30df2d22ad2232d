/** A camera's size with the bit/s it takes: little, balanced, much. */
export interface CameraPreset {
  width: number;
  height: number;
  frameRate: number;
  /** bit/s. */
  bitrates: readonly [optimized: number, balanced: number, high: number];
}

const camera = (
  width: number,
  height: number,
  frameRate: number,
  ...kbps: [number, number, number]
): CameraPreset => ({
  width,
  height,
  frameRate,
  bitrates: [kbps[0] * 1000, kbps[1] * 1000, kbps[2] * 1000],
});

/** Cameras by the name of their size. */
export const CAMERA_PRESETS = {
  h90p_w160p: camera(160, 90, 15, 60, 100, 150),
  h180p_w320p: camera(320, 180, 15, 100, 150, 250),
  h216p_w384p: camera(384, 216, 15, 120, 200, 350),
  h360p_w640p: camera(640, 360, 20, 200, 400, 600),
  h540p_w960p: camera(960, 540, 25, 350, 550, 800),
  h720p_w1280p: camera(1280, 720, 30, 1000, 1500, 2000),
  h1080p_w1920p: camera(1920, 1080, 30, 1600, 2200, 2700),
  h1440p_w2560p: camera(2560, 1440, 30, 5000, 5500, 6000),
  h2160p_w3840p: camera(3840, 2160, 30, 8000, 8500, 9000),
  h120p_w160p: camera(160, 120, 15, 60, 100, 150),
  h180p_w240p: camera(240, 180, 15, 100, 150, 250),
  h240p_w320p: camera(320, 240, 15, 120, 200, 350),
  h360p_w480p: camera(480, 360, 20, 200, 400, 600),
  h480p_w640p: camera(640, 480, 25, 300, 500, 700),
  h540p_w720p: camera(720, 540, 30, 350, 550, 800),
  h720p_w960p: camera(960, 720, 30, 900, 1400, 1900),
  h1080p_w1440p: camera(1440, 1080, 30, 1600, 2200, 2700),
  h1440p_w1920p: camera(1920, 1440, 30, 3500, 4000, 4500),
} as const satisfies Record<string, CameraPreset>;

/** A screen's size with its bit/s. */
export interface ScreenPreset {
  width: number;
  height: number;
  frameRate: number;
  /** bit/s. */
  bitrate: number;
}

const screen = (width: number, height: number, frameRate: number, kbps: number): ScreenPreset => ({
  width,
  height,
  frameRate,
  bitrate: kbps * 1000,
});

/** Screens by the name of their size and rate. */
export const SCREEN_PRESETS = {
  h360p_30fps: screen(640, 360, 30, 400),
  h480p_15fps: screen(854, 480, 15, 300),
  h480p_30fps: screen(854, 480, 30, 500),
  h720p_5fps: screen(1280, 720, 5, 400),
  h720p_15fps: screen(1280, 720, 15, 1000),
  h720p_30fps: screen(1280, 720, 30, 1500),
  h1080p_15fps: screen(1920, 1080, 15, 1500),
  h1080p_30fps: screen(1920, 1080, 30, 2000),
} as const satisfies Record<string, ScreenPreset>;

/** A microphone's bit/s, and whether the browser works on the sound: echo, noise, level. */
export interface MicrophonePreset {
  /** bit/s. */
  bitrate: number;
  stereo: boolean;
  processed: boolean;
}

/** Microphones by purpose. */
export const MICROPHONE_PRESETS = {
  speech_low_quality: { bitrate: 16_000, stereo: false, processed: true },
  speech_standard: { bitrate: 24_000, stereo: false, processed: true },
  music_standard: { bitrate: 32_000, stereo: false, processed: false },
  standard_stereo: { bitrate: 64_000, stereo: true, processed: false },
  high_quality: { bitrate: 128_000, stereo: false, processed: false },
  high_quality_stereo: { bitrate: 192_000, stereo: true, processed: false },
} as const satisfies Record<string, MicrophonePreset>;

/** A name of a camera preset. */
export type CameraPresetName = keyof typeof CAMERA_PRESETS;
/** A name of a screen preset. */
export type ScreenPresetName = keyof typeof SCREEN_PRESETS;
/** A name of a microphone preset. */
export type MicrophonePresetName = keyof typeof MICROPHONE_PRESETS;
