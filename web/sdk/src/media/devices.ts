import { Emitter } from "../core/emitter.js";
import { failure } from "../core/error.js";
import type { DeviceInfo } from "../core/types.js";

/** What is asked about: the microphone, the camera, or both. */
export type PermissionKind = "audio" | "video" | "audio_video";

/** What the devices tell. */
export interface DeviceEvents {
  "device-changed": [{ devices: DeviceInfo[] }];
}

/** The devices there are. Labels and ids are empty until the person has allowed to capture once. */
export async function getDevices(): Promise<DeviceInfo[]> {
  const { mediaDevices } = navigator;
  if (!mediaDevices?.enumerateDevices)
    throw failure("NOT_SUPPORTED", "Devices are known on pages with https only");
  const devices = await mediaDevices.enumerateDevices();
  return devices.map(({ deviceId, groupId, kind, label }) => ({ deviceId, groupId, kind, label }));
}

/** The cameras. */
export async function getCameras(): Promise<DeviceInfo[]> {
  return (await getDevices()).filter(({ kind }) => kind === "videoinput");
}

/** The microphones. */
export async function getMicrophones(): Promise<DeviceInfo[]> {
  return (await getDevices()).filter(({ kind }) => kind === "audioinput");
}

/** The speakers; empty in browsers that do not let pages choose. */
export async function getPlaybackDevices(): Promise<DeviceInfo[]> {
  return (await getDevices()).filter(({ kind }) => kind === "audiooutput");
}

const kindsOf = (kind: PermissionKind): ("audio" | "video")[] => {
  if (kind === "audio_video") return ["audio", "video"];
  if (kind === "audio" || kind === "video") return [kind];
  throw failure("INVALID_PARAMETER", "A permission is audio, video or audio_video");
};

/** Whether capturing is allowed already, without asking. */
export async function checkPermissions(
  kind: PermissionKind = "audio_video",
): Promise<Map<"audio" | "video", boolean>> {
  const found = new Map<"audio" | "video", boolean>();
  for (const each of kindsOf(kind)) found.set(each, await isAllowed(each));
  return found;
}

/** Asks the person where it is needed; false for what was refused or is not there. */
export async function requestPermission(
  kind: PermissionKind = "audio_video",
): Promise<Map<"audio" | "video", boolean>> {
  const answers = new Map<"audio" | "video", boolean>();
  for (const each of kindsOf(kind)) {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ [each]: true });
      for (const track of stream.getTracks()) track.stop();
      answers.set(each, true);
    } catch {
      answers.set(each, false);
    }
  }
  return answers;
}

async function isAllowed(kind: "audio" | "video"): Promise<boolean> {
  try {
    const name = (kind === "audio" ? "microphone" : "camera") as PermissionName;
    return (await navigator.permissions.query({ name })).state === "granted";
  } catch {
    // Browsers that cannot say it show the labels of devices once it is allowed.
    const input = kind === "audio" ? "audioinput" : "videoinput";
    return (await getDevices()).some((device) => device.kind === input && device.label !== "");
  }
}

/** Tells `device-changed`; looks at the devices only while somebody listens. */
export class DeviceWatch extends Emitter<DeviceEvents> {
  #watching = false;
  readonly #changed = () => {
    getDevices().then(
      (devices) => this.emit("device-changed", { devices }),
      () => undefined,
    );
  };

  override on<K extends keyof DeviceEvents>(
    event: K,
    listener: (...args: DeviceEvents[K]) => void,
  ): this {
    super.on(event, listener);
    if (!this.#watching) navigator.mediaDevices?.addEventListener("devicechange", this.#changed);
    this.#watching = true;
    return this;
  }

  override off<K extends keyof DeviceEvents>(
    event: K,
    listener?: (...args: DeviceEvents[K]) => void,
  ): this {
    super.off(event, listener);
    if (this.listenerCount("device-changed") > 0) return this;
    navigator.mediaDevices?.removeEventListener("devicechange", this.#changed);
    this.#watching = false;
    return this;
  }
}
