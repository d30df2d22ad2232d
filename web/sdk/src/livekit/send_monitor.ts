import type { LocalVideoTrack } from "livekit-client";
import type { Emitter } from "../core/emitter.js";
import type { EngineEvents } from "../core/engine.js";

const everyMs = 2000;

/** Watches how the camera is sent: what limits it, and in which codec. */
export class SendMonitor {
  readonly #out: Emitter<EngineEvents>;
  readonly #camera: () => LocalVideoTrack | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #limit: "cpu" | "bandwidth" | undefined;
  #codec: string | undefined;

  constructor(out: Emitter<EngineEvents>, camera: () => LocalVideoTrack | undefined) {
    this.#out = out;
    this.#camera = camera;
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.#look(), everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #look(): Promise<void> {
    const report = await this.#camera()?.getRTCStatsReport();
    if (!report) {
      this.#codec = undefined;
      return this.#setLimit(undefined);
    }
    let limit: "cpu" | "bandwidth" | undefined;
    let codec: string | undefined;
    report.forEach((entry) => {
      if (entry.type !== "outbound-rtp" || entry.active === false) return;
      const reason: unknown = entry.qualityLimitationReason;
      if (reason === "cpu" || reason === "bandwidth") limit ??= reason;
      const mime: unknown = report.get(entry.codecId)?.mimeType;
      if (typeof mime === "string") codec ??= mime.replace(/^video\//i, "").toLowerCase();
    });
    this.#setLimit(limit);
    if (codec && this.#codec && codec !== this.#codec)
      this.#out.emit("codec", { previous: this.#codec, current: codec, kind: "video" });
    if (codec) this.#codec = codec;
  }

  #setLimit(limit: "cpu" | "bandwidth" | undefined): void {
    if (limit === this.#limit) return;
    if (this.#limit) this.#out.emit("limitation", { type: this.#limit, active: false });
    if (limit) this.#out.emit("limitation", { type: limit, active: true });
    this.#limit = limit;
  }
}
