import type { LeaveReason } from "@plenum/js-sdk";

/** What the embedding page is told. */
export type Told =
  | { type: "ready" }
  | { type: "joined"; participantId: string }
  | { type: "left"; code: number; reason: string }
  | { type: "participants"; count: number };

/** What it may ask for. */
export type Wish = "toggleMic" | "toggleCamera" | "leave";

const WISHES: readonly Wish[] = ["toggleMic", "toggleCamera", "leave"];

/** Talks with the page around the frame, and only with one of the named origin. */
export class Embedder {
  constructor(private readonly origin: string | undefined) {}

  tell(what: Told): void {
    if (this.origin && window.parent !== window)
      window.parent.postMessage({ source: "plenum", ...what }, this.origin);
  }

  left(reason: LeaveReason): void {
    this.tell({ type: "left", code: reason.code, reason: reason.message });
  }

  /** @returns what ends the listening */
  listen(onWish: (wish: Wish) => void): () => void {
    const heard = (event: MessageEvent<unknown>) => {
      if (!this.origin || event.origin !== this.origin || event.source !== window.parent) return;
      const { data } = event;
      if (typeof data !== "object" || data === null || !("plenum" in data)) return;
      const wish = WISHES.find((known) => known === data.plenum);
      if (wish) onWish(wish);
    };
    window.addEventListener("message", heard);
    return () => window.removeEventListener("message", heard);
  }
}
