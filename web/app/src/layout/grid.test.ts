import { describe, expect, test } from "vitest";
import { bestGrid, gridCapacity, placeGrid } from "./grid";

const desktop = { width: 1280, height: 680 };
const phone = { width: 374, height: 640 };
const GAP = 8;

describe("a grid", () => {
  test.each([
    [1, 1],
    [2, 2],
    [4, 2],
    [9, 3],
    [25, 5],
  ])("of %i tiles has %i columns on a desktop", (count, columns) => {
    expect(bestGrid(count, desktop, GAP).columns).toBe(columns);
  });

  test("stacks two people on a phone", () => {
    expect(bestGrid(2, phone, GAP)).toMatchObject({ columns: 1, rows: 2 });
  });

  test.each([1, 2, 3, 5, 7, 12, 25])("of %i tiles stays within its area, without overlap", (n) => {
    for (const area of [desktop, phone]) {
      const places = placeGrid(n, area, GAP);
      for (const [i, a] of places.entries()) {
        expect(a.x).toBeGreaterThanOrEqual(0);
        expect(a.y).toBeGreaterThanOrEqual(0);
        expect(a.x + a.width).toBeLessThanOrEqual(area.width);
        expect(a.y + a.height).toBeLessThanOrEqual(area.height);
        for (const b of places.slice(i + 1))
          expect(a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y).toBe(true);
      }
    }
  });

  test("has nothing in an area that has not been measured", () => {
    expect(placeGrid(3, { width: 0, height: 0 }, GAP)[0]).toMatchObject({ width: 0, height: 0 });
  });
});

test("as many tiles fit as stay wide enough", () => {
  expect(gridCapacity(desktop, GAP, 200)).toBe(25);
  expect(gridCapacity(phone, GAP, 150)).toBe(10);
  expect(gridCapacity({ width: 100, height: 100 }, GAP, 150)).toBe(1);
});
