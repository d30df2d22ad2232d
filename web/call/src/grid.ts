import { Track, type Participant, type Room } from "livekit-client";
import { element } from "./dom";
import { Tile } from "./tile";

/** How many columns show `count` tiles largest in a box of the given aspect (16:9 tiles). */
export function columnsFor(count: number, width: number, height: number): number {
  let best = { columns: 1, size: 0 };
  for (let columns = 1; columns <= Math.max(1, count); ++columns) {
    const rows = Math.ceil(count / columns);
    const size = Math.min(width / columns, ((height / rows) * 16) / 9);
    if (size > best.size) best = { columns, size };
  }
  return best.columns;
}

/** The tiles of a room, kept in step with it by `update`. */
export class Grid {
  readonly root = element("section", {
    class: "grid",
    testid: "grid",
    "aria-label": "Participants",
  });
  private readonly tiles = new Map<string, Tile>();
  private readonly resize = new ResizeObserver(() => this.arrange());

  constructor(private readonly room: Room) {
    this.resize.observe(this.root);
  }

  update(): void {
    const wanted = new Set<string>();
    for (const participant of [
      this.room.localParticipant,
      ...this.room.remoteParticipants.values(),
    ]) {
      this.place(wanted, participant, false);
      if (participant.getTrackPublication(Track.Source.ScreenShare)?.track)
        this.place(wanted, participant, true);
    }
    for (const [id, tile] of this.tiles) {
      if (wanted.has(id)) continue;
      tile.remove();
      this.tiles.delete(id);
    }
    this.arrange();
  }

  private place(wanted: Set<string>, participant: Participant, isScreen: boolean): void {
    const id = `${isScreen ? "screen" : "camera"} ${participant.identity}`;
    wanted.add(id);
    let tile = this.tiles.get(id);
    if (!tile) {
      tile = new Tile(participant, isScreen);
      this.tiles.set(id, tile);
      if (isScreen) this.root.prepend(tile.root);
      else this.root.append(tile.root);
    }
    const picture = participant.getTrackPublication(
      isScreen ? Track.Source.ScreenShare : Track.Source.Camera,
    );
    tile.update({
      name: participant.name || participant.identity,
      isLocal: participant.isLocal,
      isScreen,
      isSpeaking: participant.isSpeaking,
      isMuted: !participant.isMicrophoneEnabled,
      video: picture && !picture.isMuted ? picture.videoTrack : undefined,
    });
  }

  private arrange(): void {
    const columns = columnsFor(this.tiles.size, this.root.clientWidth, this.root.clientHeight);
    this.root.style.setProperty("--columns", `${columns}`);
    this.root.style.setProperty("--rows", `${Math.ceil(this.tiles.size / columns)}`);
    // A shared screen stands first in the grid and gets the stage; everything else lines up beside it.
    this.root.classList.toggle(
      "presenting",
      this.root.firstElementChild?.classList.contains("screen") ?? false,
    );
    this.root.style.setProperty("--others", `${Math.max(1, this.tiles.size - 1)}`);
  }

  close(): void {
    this.resize.disconnect();
    for (const tile of this.tiles.values()) tile.remove();
    this.tiles.clear();
  }
}
