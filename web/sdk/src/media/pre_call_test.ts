import { failure } from "../core/error.js";
import type { DeviceInfo } from "../core/types.js";
import { capture } from "./capture.js";
import { getDevices } from "./devices.js";
import { Loop, type NetworkSample } from "./loop.js";

/** How to try out devices and network before a call. */
export interface PreCallTestOptions {
  token: string;
  /** The server; absent: as for meetings. */
  serverUrl?: string;
  /** ms, 10 000 to 120 000 (15 000). */
  samplingDuration?: number;
  /** Without camera and video (false). */
  audioOnly?: boolean;
  /** Called about once a second. */
  onStatsChange?: (stats: NetworkSample) => void;
}

/** What the network did: own media sent to the server, as the server took it. */
export interface PreCallNetwork {
  /** 0 none, 1 bad to 5 very good. */
  score: number;
  /** ms, mean. */
  rtt: number;
  /** ms, mean. */
  jitter: number;
  /** 0 to 100. */
  packetLoss: number;
  /** kbit/s, mean. */
  sendBitrate: number;
}

/** A device tried out. */
export interface PreCallDevice {
  ok: boolean;
  device?: DeviceInfo;
  /** Why it is not ok. */
  error?: { code: number; name: string; message: string };
}

/** What was found. */
export interface PreCallResult {
  /** `stop` was called. */
  aborted: boolean;
  /** ms. */
  testDuration: number;
  camera: PreCallDevice | null;
  microphone: PreCallDevice;
  networkQuality: PreCallNetwork | null;
}

/** A running test: a promise of its result that can be stopped early. */
export type PreCallTest = Promise<PreCallResult> & { stop(): void };

/** Tries out microphone, camera and the way to the server. Rejects with 3073, 4001 and on; device faults are in the result. */
export function runPreCallTest(options: PreCallTestOptions): PreCallTest {
  const stop = new AbortController();
  return Object.assign(run(options, stop.signal), { stop: () => stop.abort() });
}

async function run(options: PreCallTestOptions, stop: AbortSignal): Promise<PreCallResult> {
  const { samplingDuration = 15_000, audioOnly = false } = options;
  if (!(samplingDuration >= 10_000 && samplingDuration <= 120_000))
    throw failure("INVALID_PARAMETER", "samplingDuration is 10000 to 120000 ms");
  const begun = performance.now();
  const microphone = await tryOut("audio");
  const camera = audioOnly ? null : await tryOut("video");
  const tracks = [microphone.track, camera?.track].filter((each) => each !== undefined);
  try {
    const networkQuality = await measure(options, tracks, samplingDuration, stop);
    return {
      aborted: stop.aborted,
      testDuration: Math.round(performance.now() - begun),
      camera: camera ? camera.found : null,
      microphone: microphone.found,
      networkQuality,
    };
  } finally {
    for (const track of tracks) track.stop();
  }
}

async function tryOut(
  kind: "audio" | "video",
): Promise<{ found: PreCallDevice; track?: MediaStreamTrack }> {
  try {
    const track = (await capture(kind, { [kind]: true })).getTracks()[0];
    const id = track?.getSettings().deviceId;
    const device = (await getDevices()).find((each) => each.deviceId === id);
    return { found: { ok: track?.readyState === "live", device }, track };
  } catch (thrown) {
    const { code, name, message } = thrown as { code: number; name: string; message: string };
    return { found: { ok: false, error: { code, name, message } } };
  }
}

async function measure(
  options: PreCallTestOptions,
  tracks: MediaStreamTrack[],
  duration: number,
  stop: AbortSignal,
): Promise<PreCallNetwork | null> {
  if (tracks.length === 0) return null;
  const loop = await Loop.open(options.token, options.serverUrl, tracks);
  const samples: NetworkSample[] = [];
  try {
    const end = performance.now() + duration;
    while (!stop.aborted && performance.now() < end) {
      await pause(1000, stop);
      const sample = await loop.sample();
      samples.push(sample);
      options.onStatsChange?.(sample);
    }
  } finally {
    await loop.close();
  }
  return summary(samples);
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
    stop.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** The mean of the samples, and a score out of round trip, jitter and loss. */
export function summary(samples: readonly NetworkSample[]): PreCallNetwork | null {
  if (samples.length === 0) return null;
  const mean = (field: keyof NetworkSample) =>
    samples.reduce((sum, sample) => sum + sample[field], 0) / samples.length;
  const network = {
    rtt: mean("rtt"),
    jitter: mean("jitter"),
    packetLoss: mean("packetLoss"),
    sendBitrate: mean("sendBitrate"),
  };
  // What a person notices: delay counts half of what loss does.
  const penalty = network.rtt / 150 + network.jitter / 30 + network.packetLoss / 2;
  return { score: Math.max(1, Math.round(5 - penalty)), ...network };
}
