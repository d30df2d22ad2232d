import { Constants, type LogLevel } from "./core/constants.js";
import { failure } from "./core/error.js";
import { Meeting } from "./core/meeting.js";
import type { MeetingOptions } from "./core/options.js";
import type { Platform } from "./core/platform.js";
import { type ExternalE2EEKeyProvider, setKeyProvider } from "./livekit/encryption.js";
import { browserPlatform } from "./media/browser_platform.js";
import {
  createCameraVideoTrack,
  createMicrophoneAudioTrack,
  createScreenShareVideoTrack,
} from "./media/capture.js";
import {
  checkPermissions,
  type DeviceEvents,
  DeviceWatch,
  getCameras,
  getDevices,
  getMicrophones,
  getPlaybackDevices,
  requestPermission,
} from "./media/devices.js";
import { setLogLevel } from "./media/log.js";
import { runPreCallTest } from "./media/pre_call_test.js";

const watch = new DeviceWatch();
const settings: { token?: string; serverUrl?: string; platform: Partial<Platform> } = {
  platform: {},
};

/** Where the server is and what it runs on. */
export interface Configuration {
  /** The server, such as `https://plenum.example`. */
  serverUrl?: string;
  /** Parts to use instead of the browser's: another WebRTC, another `fetch`. */
  platform?: Partial<Platform>;
}

/** The entry: makes meetings, and knows the devices. */
export const VideoSDK = {
  /** The words and numbers of the interface. */
  Constants,

  /** The token for meetings made from now on. Throws 4002 if it is empty. */
  config(token: string): void {
    if (!token) throw failure("INVALID_TOKEN", "The token is empty");
    settings.token = token;
  },

  /** The server for meetings made from now on. */
  configure({ serverUrl, platform }: Configuration): void {
    if (serverUrl !== undefined) settings.serverUrl = serverUrl;
    if (platform) settings.platform = { ...settings.platform, ...platform };
  },

  /** Makes a meeting; nothing goes over the network before `join`. Throws 3073. */
  initMeeting(options: MeetingOptions): Meeting {
    if (!options?.meetingId) throw failure("INVALID_PARAMETER", "A meetingId is needed");
    if (options.participantId && /\s/.test(options.participantId))
      throw failure("INVALID_PARTICIPANT_ID", "A participantId has no spaces");
    if (options.debugMode) setLogLevel("DEBUG");
    const platform = currentPlatform();
    return new Meeting(
      { ...options, token: options.token ?? settings.token },
      settings.serverUrl ? { ...platform, defaultServer: settings.serverUrl } : platform,
    );
  },

  createCameraVideoTrack,
  createMicrophoneAudioTrack,
  createScreenShareVideoTrack,
  getCameras,
  getMicrophones,
  getPlaybackDevices,
  getDevices,
  checkPermissions,
  requestPermission,
  runPreCallTest,

  /** Encrypts meetings made from now on from end to end; undefined ends that. */
  setKeyProvider(provider: ExternalE2EEKeyProvider | undefined): void {
    setKeyProvider(provider);
  },

  /** How much goes to the console (`ERROR`). */
  setLogLevel(level: LogLevel): void {
    setLogLevel(level);
  },

  /** Calls `listener` when a device is plugged in or out. */
  on<K extends keyof DeviceEvents>(event: K, listener: (...args: DeviceEvents[K]) => void): void {
    watch.on(event, listener);
  },

  /** Ends what `on` began. */
  off<K extends keyof DeviceEvents>(event: K, listener?: (...args: DeviceEvents[K]) => void): void {
    watch.off(event, listener);
  },
} as const;

/** Where meetings run: the browser, with what `configure` replaced. */
export function currentPlatform(): Platform {
  return { ...browserPlatform(), ...settings.platform };
}

/** The server that meetings go to. */
export function currentServer(): string | undefined {
  return settings.serverUrl ?? currentPlatform().defaultServer;
}
