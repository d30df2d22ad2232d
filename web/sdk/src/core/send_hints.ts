import type { SendOptions } from "./engine.js";

/** How a track that the application made with our functions is to be sent. */
export type SendHints = Partial<SendOptions>;

const hints = new WeakMap<MediaStreamTrack, SendHints>();

/** Remembers how to send a track. */
export function hint(track: MediaStreamTrack, how: SendHints): void {
  hints.set(track, how);
}

/** How to send a track; nothing for those made elsewhere. */
export function hintOf(track: MediaStreamTrack): SendHints {
  return hints.get(track) ?? {};
}
