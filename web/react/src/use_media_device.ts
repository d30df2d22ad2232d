import { type DeviceEvents, VideoSDK } from "@plenum/js-sdk";
import { useEffect } from "react";
import { useLatest } from "./latest.js";

/** What `useMediaDevice` calls. */
export interface MediaDeviceCallbacks {
  /** A device was plugged in or out. */
  onDeviceChanged?(...change: DeviceEvents["device-changed"]): void;
}

/** The devices and the permission to use them; see `VideoSDK`. */
export type MediaDevices = Pick<
  typeof VideoSDK,
  | "checkPermissions"
  | "requestPermission"
  | "getCameras"
  | "getMicrophones"
  | "getPlaybackDevices"
  | "getDevices"
>;

const {
  checkPermissions,
  requestPermission,
  getCameras,
  getMicrophones,
  getPlaybackDevices,
  getDevices,
} = VideoSDK;
const devices: MediaDevices = {
  checkPermissions,
  requestPermission,
  getCameras,
  getMicrophones,
  getPlaybackDevices,
  getDevices,
};

/** Cameras, microphones and speakers. Works without a provider, on a screen before the meeting say. */
export function useMediaDevice(callbacks: MediaDeviceCallbacks = {}): MediaDevices {
  const latest = useLatest(callbacks);
  const watched = callbacks.onDeviceChanged !== undefined;
  useEffect(() => {
    if (!watched) return;
    const changed = (...change: DeviceEvents["device-changed"]) =>
      latest.current.onDeviceChanged?.(...change);
    VideoSDK.on("device-changed", changed);
    return () => VideoSDK.off("device-changed", changed);
  }, [watched, latest]);
  return devices;
}
