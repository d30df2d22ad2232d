import { useCallback, useEffect, useRef, useState } from "react";

/** What a camera or microphone is doing, before the meeting. */
export type Capture =
  | { state: "off" }
  | { state: "starting" }
  | { state: "on"; stream: MediaStream }
  | { state: "failed"; why: CaptureFailure };

export type CaptureFailure = "denied" | "missing" | "busy" | "insecure" | "other";

function whyOf(error: unknown): CaptureFailure {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return name === "NotReadableError" || name === "AbortError" ? "busy" : "other";
}

function constraintsOf(kind: "camera" | "microphone", deviceId: string): MediaStreamConstraints {
  const device = deviceId ? { deviceId: { exact: deviceId } } : {};
  return kind === "camera"
    ? { video: { width: { ideal: 1280 }, height: { ideal: 720 }, ...device } }
    : {
        audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, ...device },
      };
}

/** Keeps one device captured while it is wanted. The stream ends with the component. */
export function useCapture(kind: "camera" | "microphone", wanted: boolean, deviceId: string) {
  const [capture, setCapture] = useState<Capture>({ state: wanted ? "starting" : "off" });
  const [attempt, setAttempt] = useState(0);
  const latest = useRef(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt starts anew
  useEffect(() => {
    const turn = ++latest.current;
    if (!wanted) {
      setCapture({ state: "off" });
      return;
    }
    if (!navigator.mediaDevices) {
      setCapture({ state: "failed", why: "insecure" });
      return;
    }
    setCapture({ state: "starting" });
    let stream: MediaStream | undefined;
    const stop = () => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    navigator.mediaDevices.getUserMedia(constraintsOf(kind, deviceId)).then(
      (got) => {
        stream = got;
        if (turn === latest.current) setCapture({ state: "on", stream: got });
        else stop();
      },
      (error: unknown) => {
        if (turn === latest.current) setCapture({ state: "failed", why: whyOf(error) });
      },
    );
    return () => {
      latest.current++;
      stop();
    };
  }, [kind, wanted, deviceId, attempt]);

  return { capture, again: useCallback(() => setAttempt((n) => n + 1), []) };
}

/** The devices of the browser; their names are known once one of them was allowed. */
export function useDevices(changed: unknown): MediaDeviceInfo[] {
  const [devices, setDevices] = useState<MediaDeviceInfo[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: permissions change names
  useEffect(() => {
    const media = navigator.mediaDevices;
    if (!media) return;
    let gone = false;
    const look = () =>
      media.enumerateDevices().then(
        (all) => !gone && setDevices(all),
        () => {},
      );
    look();
    media.addEventListener("devicechange", look);
    return () => {
      gone = true;
      media.removeEventListener("devicechange", look);
    };
  }, [changed]);
  return devices;
}
