import { type Area, gridCapacity, type Place, placeGrid } from "./grid";

/** What somebody chose; `auto` shows a screen or a pin large and otherwise all alike. */
export type Arrangement = "auto" | "grid" | "spotlight" | "sidebar";

/** A picture on the stage: somebody's camera or screen. */
export interface Subject {
  participantId: string;
  kind: "camera" | "screen";
}

export interface Tile extends Subject {
  place: Place;
  /** The large one. */
  main: boolean;
}

/** The same picture in the same place. */
export function sameTile(a: Tile, b: Tile): boolean {
  const [p, q] = [a.place, b.place];
  return (
    same(a, b) &&
    a.main === b.main &&
    p.x === q.x &&
    p.y === q.y &&
    p.width === q.width &&
    p.height === q.height
  );
}

export interface Stage {
  tiles: Tile[];
  page: number;
  pages: number;
}

export interface Wishes {
  arrangement: Arrangement;
  area: Area;
  page: number;
  /** Cameras, in the order in which they are shown. */
  cameras: readonly string[];
  /** Who shares a screen, the newest first. */
  screens: readonly string[];
  /** Pinned pictures, the most important first. */
  pinned: readonly Subject[];
  /** The participant in the middle of attention, null if nobody is. */
  main: string | null;
}

export const GAP = 8;
const NARROW = 700;
const MOST_BESIDE = 6;

const camera = (participantId: string): Subject => ({ participantId, kind: "camera" });
const screen = (participantId: string): Subject => ({ participantId, kind: "screen" });
const same = (a: Subject, b: Subject): boolean =>
  a.participantId === b.participantId && a.kind === b.kind;

/** The picture that is shown large: a pinned one, else a screen, else the main participant's. */
function largeOne({ pinned, screens, main, cameras }: Wishes): Subject | undefined {
  if (pinned[0]) return pinned[0];
  if (screens[0]) return screen(screens[0]);
  const chosen = cameras.find((id) => id === main) ?? cameras[0];
  return chosen === undefined ? undefined : camera(chosen);
}

/** Decides what is on the stage and where. Only these pictures need to be received. */
export function arrange(wishes: Wishes): Stage {
  const { arrangement, screens, pinned, cameras } = wishes;
  const large = largeOne(wishes);
  const calm = screens.length === 0 && pinned.length === 0;
  if (!large || arrangement === "grid" || (arrangement === "auto" && calm)) return asGrid(wishes);
  if (arrangement === "spotlight") return asSpotlight(wishes, large);
  const rest = [...screens.map(screen), ...cameras.map(camera)].filter((s) => !same(s, large));
  return rest.length === 0 ? asSpotlight(wishes, large) : asSidebar(wishes, large, rest);
}

function cut<T>(all: readonly T[], size: number, page: number) {
  const pages = Math.max(1, Math.ceil(all.length / size));
  const at = Math.min(Math.max(page, 0), pages - 1);
  return { shown: all.slice(at * size, (at + 1) * size), page: at, pages };
}

function asGrid({ area, page, cameras, screens }: Wishes): Stage {
  const all = [...screens.map(screen), ...cameras.map(camera)];
  const capacity = gridCapacity(area, GAP, area.width < NARROW ? 150 : 200);
  const { shown, ...where } = cut(all, capacity, page);
  const places = placeGrid(shown.length, area, GAP);
  return { tiles: shown.map((s, i) => ({ ...s, place: at(places, i), main: false })), ...where };
}

function asSpotlight({ area }: Wishes, large: Subject): Stage {
  const place = { x: 0, y: 0, width: area.width, height: area.height };
  return { tiles: [{ ...large, place, main: true }], page: 0, pages: 1 };
}

function asSidebar({ area, page }: Wishes, large: Subject, rest: readonly Subject[]): Stage {
  const below = area.width < NARROW || area.width < area.height;
  const strip = below
    ? Math.min(130, Math.floor(area.height * 0.25))
    : Math.min(260, Math.max(160, Math.floor(area.width * 0.2)));
  const length = below ? area.width : area.height;
  // A tile of the strip is as long as its shape says, and as many are there as fit.
  const each = Math.floor(below ? (strip * 4) / 3 : (strip * 9) / 16);
  const size = Math.max(1, Math.min(MOST_BESIDE, Math.floor((length + GAP) / (each + GAP))));
  const { shown, ...where } = cut(rest, size, page);
  const start = Math.floor((length - shown.length * each - GAP * (shown.length - 1)) / 2);
  const tiles: Tile[] = shown.map((s, i) => {
    const along = Math.max(0, start) + i * (each + GAP);
    const place = below
      ? { x: along, y: area.height - strip, width: each, height: strip }
      : { x: area.width - strip, y: along, width: strip, height: each };
    return { ...s, place, main: false };
  });
  const place = below
    ? { x: 0, y: 0, width: area.width, height: Math.max(0, area.height - strip - GAP) }
    : { x: 0, y: 0, width: Math.max(0, area.width - strip - GAP), height: area.height };
  return { tiles: [{ ...large, place, main: true }, ...tiles], ...where };
}

function at(places: readonly Place[], i: number): Place {
  return places[i] ?? { x: 0, y: 0, width: 0, height: 0 };
}
