import { describe, expect, test } from "vitest";
import { arrange, type Wishes } from "./arrange";

const people = (count: number) => Array.from({ length: count }, (_, i) => `p${i}`);
const wishes = (over: Partial<Wishes>): Wishes => ({
  arrangement: "auto",
  area: { width: 1280, height: 680 },
  page: 0,
  cameras: people(4),
  screens: [],
  pinned: [],
  main: null,
  ...over,
});
const large = (over: Partial<Wishes>) => arrange(wishes(over)).tiles.find((tile) => tile.main);

describe("the stage", () => {
  test("shows all alike while nobody shares or is pinned", () => {
    expect(arrange(wishes({})).tiles.map((t) => t.main)).toEqual([false, false, false, false]);
  });

  test("shows a screen large and everybody beside it", () => {
    const { tiles } = arrange(wishes({ screens: ["p2"] }));

    expect(tiles[0]).toMatchObject({ participantId: "p2", kind: "screen", main: true });
    expect(tiles.slice(1).map((t) => t.participantId)).toEqual(people(4));
  });

  test("prefers what is pinned to a screen, and a screen to who speaks", () => {
    const pinned = [{ participantId: "p3", kind: "camera" as const }];
    expect(large({ screens: ["p2"], pinned, main: "p1" })).toMatchObject(pinned[0] ?? {});
    expect(large({ screens: ["p2"], main: "p1", arrangement: "sidebar" })?.kind).toBe("screen");
    expect(large({ main: "p1", arrangement: "spotlight" })?.participantId).toBe("p1");
  });

  test("shows who is alone, whatever was chosen", () => {
    for (const arrangement of ["auto", "grid", "spotlight", "sidebar"] as const)
      expect(arrange(wishes({ arrangement, cameras: ["me"] })).tiles).toHaveLength(1);
  });

  test("pages a large room and stays on the last page when people go", () => {
    const many = arrange(wishes({ cameras: people(60), page: 2 }));
    const fewer = arrange(wishes({ cameras: people(30), page: 2 }));

    expect(many).toMatchObject({ page: 2, pages: 3 });
    expect(many.tiles.map((t) => t.participantId)).toEqual(people(60).slice(50));
    expect(fewer).toMatchObject({ page: 1, pages: 2 });
  });

  test("never leaves its area", () => {
    for (const area of [
      { width: 360, height: 560 },
      { width: 640, height: 280 },
      { width: 1600, height: 900 },
    ])
      for (const arrangement of ["auto", "grid", "spotlight", "sidebar"] as const)
        for (const { place } of arrange(
          wishes({ area, arrangement, cameras: people(40), screens: ["p1"] }),
        ).tiles) {
          expect(place.x + place.width).toBeLessThanOrEqual(area.width);
          expect(place.y + place.height).toBeLessThanOrEqual(area.height);
          expect(Math.min(place.x, place.y)).toBeGreaterThanOrEqual(0);
        }
  });
});
