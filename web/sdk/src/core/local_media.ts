import type { ErrorName } from "./codes.js";
import { asFailure, failure } from "./error.js";
import type { Captured } from "./platform.js";
import type { Roster } from "./roster.js";
import { hintOf } from "./send_hints.js";
import type { Needs, Session } from "./session.js";
import type { DeviceInfo, Quality, SelectedDevice, StreamKind } from "./types.js";

type Input = "audio" | "video";

const sends = (key: string): Needs => ({ modes: ["SEND_AND_RECV"], key });
const faults: Record<Input | "share", { invalid: ErrorName; produce: ErrorName }> = {
  audio: { invalid: "INVALID_AUDIO_TRACK", produce: "PRODUCE_AUDIO_FAILED" },
  video: { invalid: "INVALID_VIDEO_TRACK", produce: "PRODUCE_VIDEO_FAILED" },
  share: { invalid: "INVALID_SCREEN_TRACK", produce: "PRODUCE_SCREEN_FAILED" },
};

/** One's own microphone, camera and screen share. */
export class LocalMedia {
  selectedCamera: SelectedDevice = { id: "", label: "" };
  selectedMicrophone: SelectedDevice = { id: "", label: "" };
  readonly #session: Session;
  readonly #roster: Roster;
  /** A source chosen while it is off. */
  #chosen: Partial<Record<Input, MediaStream>> = {};

  constructor(session: Session, roster: Roster) {
    this.#session = session;
    this.#roster = roster;
    const { customMicrophoneAudioTrack, customCameraVideoTrack } = session.options;
    if (customMicrophoneAudioTrack) this.#chosen.audio = customMicrophoneAudioTrack;
    if (customCameraVideoTrack) this.#chosen.video = customCameraVideoTrack;
    session.own = {
      mic: (on) => (on ? this.unmuteMic() : this.muteMic()),
      webcam: (on) => (on ? this.enableWebcam() : this.disableWebcam()),
    };
  }

  /** Turns on what the options ask for; what fails is told to `error` listeners. */
  begin(): void {
    if (this.#session.mode !== "SEND_AND_RECV") return;
    const { micEnabled, webcamEnabled } = this.#session.options;
    if (micEnabled) this.unmuteMic().catch(() => undefined);
    if (webcamEnabled) this.enableWebcam().catch(() => undefined);
  }

  muteMic(): Promise<void> {
    return this.#session.act(
      "CLOSE_AUDIO_PRODUCER_FAILED",
      async (engine) => {
        this.#expect(this.#roster.local.micOn, "The microphone is off");
        await engine.setMuted("audio", true);
      },
      { key: "mic" },
    );
  }

  unmuteMic(given?: MediaStream): Promise<void> {
    return this.#turnOn("audio", "mic", given);
  }

  enableWebcam(given?: MediaStream): Promise<void> {
    return this.#turnOn("video", "webcam", given);
  }

  disableWebcam(): Promise<void> {
    return this.#session.act(
      "CLOSE_VIDEO_PRODUCER_FAILED",
      async (engine) => {
        this.#expect(this.#roster.local.webcamOn, "The camera is off");
        await engine.unpublish("video");
      },
      { key: "webcam" },
    );
  }

  enableScreenShare(given?: MediaStream): Promise<void> {
    return this.#session.act(
      faults.share.produce,
      async (engine) => {
        this.#expect(!this.#roster.local.screenShareOn, "The screen is shared already");
        const stream = given ?? (await this.#session.platform.media.screen());
        const video = stream.getVideoTracks()[0];
        if (video?.readyState !== "live")
          throw failure(faults.share.invalid, "The source has no live picture");
        const sound = stream.getAudioTracks()[0];
        await engine.publish("share", video, { simulcast: false, ...hintOf(video) });
        if (sound)
          await engine.publish("shareAudio", sound, { simulcast: false, ...hintOf(sound) });
      },
      sends("share"),
    );
  }

  disableScreenShare(): Promise<void> {
    return this.#session.act(
      "CLOSE_VIDEO_PRODUCER_FAILED",
      async () => {
        this.#expect(this.#roster.local.screenShareOn, "The screen is not shared");
        await this.#stopShare();
      },
      { key: "share" },
    );
  }

  changeMic(device: string | MediaStream): Promise<void> {
    return this.#change("audio", "mic", device, "CHANGE_MICROPHONE_FAILED");
  }

  changeWebcam(device: string | MediaStream): Promise<void> {
    return this.#change("video", "webcam", device, "CHANGE_WEBCAM_FAILED");
  }

  setWebcamQuality(quality: Quality): Promise<void> {
    return this.#session.act("SET_QUALITY_FAILED", async (engine) => {
      if (!["low", "med", "high"].includes(quality))
        throw failure("INVALID_PARAMETER", "A quality is low, med or high");
      this.#expect(this.#roster.local.webcamOn, "The camera is off");
      await engine.setSendQuality(quality);
    });
  }

  async devices(kind: DeviceInfo["kind"]): Promise<DeviceInfo[]> {
    const all = await this.#session.platform.media.devices();
    return all.filter((device) => device.kind === kind);
  }

  /** A track that is sent ended by itself. */
  ended(kind: StreamKind): void {
    if (kind === "share" || kind === "shareAudio") {
      if (kind === "share") this.#stopShare().catch(() => undefined);
      return;
    }
    const gone = failure(
      kind === "audio" ? "AUDIO_TRACK_ENDED" : "VIDEO_TRACK_ENDED",
      "The device is gone or its source has ended",
    );
    this.#session.tell(gone);
  }

  /** What was sent before a new connection is not sent over it: camera and microphone are turned on anew. */
  lost(kind: StreamKind): void {
    if (kind === "audio") this.unmuteMic().catch(() => undefined);
    else if (kind === "video") this.enableWebcam().catch(() => undefined);
    else this.#session.tell(failure(faults.share.produce, "The screen is shared no longer"));
  }

  /** Somebody turned the camera off from afar: the device is let go too. */
  mutedFromAfar(kind: StreamKind): void {
    if (kind === "video") this.#session.engine?.unpublish("video").catch(() => undefined);
  }

  async #turnOn(kind: Input, key: string, given: MediaStream | undefined): Promise<void> {
    await this.#session.act(
      faults[kind].produce,
      async (engine) => {
        const local = this.#roster.local;
        this.#expect(!(kind === "audio" ? local.micOn : local.webcamOn), "It is on already");
        const sent = engine.local.tracks.find((track) => track.kind === kind);
        const usable = sent?.media?.readyState === "live";
        if (sent && usable && !given && kind === "audio" && !this.#chosen.audio)
          return engine.setMuted(kind, false);
        if (sent) await engine.unpublish(kind);
        const captured = given ? this.#custom(kind, given) : await this.#source(kind);
        try {
          await this.#send(kind, captured);
        } catch (error) {
          if (captured.constraints) captured.track.stop();
          throw error;
        }
      },
      sends(key),
    );
  }

  async #send(kind: Input, { track, constraints }: Captured): Promise<void> {
    const simulcast = kind === "video" && this.#session.options.multiStream !== false;
    await this.#session.live.publish(kind, track, { simulcast, constraints, ...hintOf(track) });
    this.#select(kind, track);
  }

  /** The chosen source, else the chosen or default device. */
  async #source(kind: Input): Promise<Captured> {
    const chosen = this.#chosen[kind];
    delete this.#chosen[kind];
    const track = chosen && tracksOf(chosen, kind)[0];
    if (track?.readyState === "live") return { track };
    const { media } = this.#session.platform;
    if (kind === "audio") return media.microphone(this.selectedMicrophone.id || undefined);
    return media.camera({
      deviceId: this.selectedCamera.id || undefined,
      facingMode: this.#session.options.defaultCamera,
      sd: this.#session.options.maxResolution === "sd",
    });
  }

  #custom(kind: Input, stream: MediaStream): Captured {
    const track = tracksOf(stream, kind)[0];
    if (track?.readyState !== "live")
      throw failure(faults[kind].invalid, "The source has no live track of that kind");
    return { track };
  }

  #change(
    kind: Input,
    key: string,
    device: string | MediaStream,
    otherwise: ErrorName,
  ): Promise<void> {
    return this.#session.act(
      otherwise,
      async (engine) => {
        const on = kind === "audio" ? this.#roster.local.micOn : this.#roster.local.webcamOn;
        if (typeof device === "string") {
          delete this.#chosen[kind];
          const known = (await this.devices(kind === "audio" ? "audioinput" : "videoinput")).find(
            (each) => each.deviceId === device,
          );
          if (!known)
            throw failure(
              kind === "audio" ? "MICROPHONE_NOT_FOUND" : "CAMERA_NOT_FOUND",
              "There is no such device",
            );
          this.#note(kind, { id: device, label: known.label });
          // A muted microphone stays published; the next unmute takes the new device.
          if (!on) return engine.unpublish(kind);
          const { track, constraints } = await this.#source(kind);
          return engine.replace(kind, track, constraints === undefined);
        }
        const { track } = this.#custom(kind, device);
        if (on) await engine.replace(kind, track, true);
        else this.#chosen[kind] = device;
        this.#select(kind, track);
      },
      sends(key),
    );
  }

  #select(kind: Input, track: MediaStreamTrack): void {
    this.#note(kind, { id: track.getSettings().deviceId ?? "", label: track.label });
  }

  #note(kind: Input, device: SelectedDevice): void {
    if (kind === "audio") this.selectedMicrophone = device;
    else this.selectedCamera = device;
  }

  async #stopShare(): Promise<void> {
    try {
      await this.#session.engine?.unpublish("share");
      await this.#session.engine?.unpublish("shareAudio");
    } catch (error) {
      throw asFailure(error, "CLOSE_VIDEO_PRODUCER_FAILED");
    }
  }

  #expect(holds: boolean, otherwise: string): void {
    if (!holds) throw failure("ALREADY_IN_REQUESTED_STATE", otherwise);
  }
}

function tracksOf(stream: MediaStream, kind: Input): MediaStreamTrack[] {
  return kind === "audio" ? stream.getAudioTracks() : stream.getVideoTracks();
}
