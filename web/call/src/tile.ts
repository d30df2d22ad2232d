import type { Participant, RemoteTrack, LocalTrack } from "livekit-client";
import { element, icon } from "./dom";

export interface TileState {
  name: string;
  isLocal: boolean;
  isScreen: boolean;
  isSpeaking: boolean;
  isMuted: boolean;
  video: LocalTrack | RemoteTrack | undefined;
}

const initials = (name: string): string =>
  name
    .split(/\s+/)
    .filter(Boolean)
    .slice(0, 2)
    .map((word) => word[0]?.toUpperCase() ?? "")
    .join("") || "?";

/** A steady hue for an identity, so that a person keeps a colour. */
function hue(identity: string): number {
  let hash = 0;
  for (const character of identity) hash = (hash * 31 + character.charCodeAt(0)) % 360;
  return hash;
}

/** One picture in the grid: a camera or a shared screen, or initials while there is none. */
export class Tile {
  readonly root: HTMLElement;
  private readonly video = element("video", { playsinline: "", autoplay: "", testid: "video" });
  private readonly avatar = element("div", { class: "avatar", "aria-hidden": "true" });
  private readonly label = element("span", { class: "name", testid: "tile-name" });
  private readonly mutedSign = element(
    "span",
    { class: "muted", testid: "muted", role: "img", "aria-label": "Microphone off" },
    icon("microphone", "slash"),
  );
  private shown: LocalTrack | RemoteTrack | undefined;

  constructor(participant: Participant, isScreen: boolean) {
    this.root = element(
      "figure",
      {
        class: "tile",
        testid: isScreen ? "screen-tile" : "tile",
        "data-identity": participant.identity,
      },
      this.avatar,
      this.video,
      element("figcaption", {}, this.mutedSign, this.label),
    );
    this.root.style.setProperty("--hue", `${hue(participant.identity)}`);
    this.video.muted = true; // sound has elements of its own
  }

  update(state: TileState): void {
    const name = state.isScreen ? `${state.name}'s screen` : state.name;
    this.label.textContent = state.isLocal ? `${name} (you)` : name;
    this.avatar.textContent = initials(state.name);
    this.mutedSign.hidden = !state.isMuted || state.isScreen;
    this.root.classList.toggle("speaking", state.isSpeaking && !state.isScreen);
    this.root.classList.toggle("mirrored", state.isLocal && !state.isScreen);
    this.root.classList.toggle("screen", state.isScreen);
    this.root.setAttribute(
      "aria-label",
      [this.label.textContent, state.isSpeaking && "speaking", state.isMuted && "microphone off"]
        .filter(Boolean)
        .join(", "),
    );
    this.show(state.video);
  }

  private show(track: LocalTrack | RemoteTrack | undefined): void {
    this.video.hidden = track === undefined;
    if (track === this.shown) return;
    this.shown?.detach(this.video);
    this.shown = track;
    track?.attach(this.video);
    this.video.muted = true;
  }

  remove(): void {
    this.show(undefined);
    this.root.remove();
  }
}
