import { failure } from "../core/error.js";
import type {
  CaptureImageOptions,
  RenderAudioOptions,
  RenderVideoOptions,
} from "../core/options.js";
import type { Participant } from "../core/participant.js";
import type { Views } from "../core/platform.js";
import type { Stream } from "../core/stream.js";
import type { StreamKind } from "../core/types.js";
import { shownSize } from "./shown_size.js";

/** Shows a stream in an element as it comes and goes, for as long as somebody holds the element. */
function follow(participant: Participant, kind: StreamKind, element: HTMLMediaElement): void {
  const show = (stream: Stream | undefined) => {
    element.srcObject = stream ? new MediaStream([stream.track]) : null;
    if (stream) element.play().catch(() => undefined);
  };
  show(participant.stream(kind));
  const held = new WeakRef(element);
  const changed = (stream: Stream) => {
    if (stream.kind !== kind) return;
    if (held.deref()) show(participant.stream(kind));
    else {
      participant.off("stream-enabled", changed);
      participant.off("stream-disabled", changed);
    }
  };
  participant.on("stream-enabled", changed);
  participant.on("stream-disabled", changed);
}

/** What only a document can do. */
export const documentViews: Views = {
  renderVideo(participant: Participant, options: RenderVideoOptions): HTMLDivElement {
    const { type = "video", maxQuality = "auto", videoStyle = {}, containerStyle = {} } = options;
    const container = document.createElement("div");
    const video = document.createElement("video");
    video.autoplay = true;
    video.muted = true;
    video.playsInline = true;
    Object.assign(container.style, containerStyle);
    Object.assign(video.style, { width: "100%", height: "100%" }, videoStyle);
    container.append(video);
    follow(participant, type, video);
    if (maxQuality !== "auto" && !participant.local) {
      const set = type === "video" ? "setQuality" : "setScreenShareQuality";
      participant[set](maxQuality).catch(() => undefined);
    }
    return container;
  },

  renderAudio(participant: Participant, options: RenderAudioOptions): HTMLAudioElement {
    const audio = document.createElement("audio");
    audio.autoplay = true;
    // One's own voice is not played back.
    audio.muted = participant.local;
    follow(participant, options.type ?? "audio", audio);
    return audio;
  },

  async captureImage(track: MediaStreamTrack, options: CaptureImageOptions): Promise<string> {
    const video = document.createElement("video");
    video.muted = true;
    video.srcObject = new MediaStream([track]);
    try {
      await video.play();
      if (!video.videoWidth) throw failure("CAPTURE_IMAGE_FAILED", "There is no picture yet");
      const canvas = document.createElement("canvas");
      canvas.width = options.width ?? video.videoWidth;
      canvas.height = options.height ?? video.videoHeight;
      const context = canvas.getContext("2d");
      if (!context) throw failure("CAPTURE_IMAGE_FAILED", "The browser gave no canvas");
      context.drawImage(video, 0, 0, canvas.width, canvas.height);
      return canvas.toDataURL("image/jpeg", 0.9).split(",")[1] ?? "";
    } finally {
      video.srcObject = null;
    }
  },

  shownSize,
};
