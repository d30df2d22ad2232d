import { expect, it } from "vitest";
import { linePath, niceTop } from "./chart";

it("a curve goes from the lower left to the upper right, and not beyond", () => {
  const frame = { width: 100, height: 50, fromMs: 1000, toMs: 3000, top: 10 };
  const points = [
    { atMs: 1000, value: 0 },
    { atMs: 2000, value: 5 },
    { atMs: 3000, value: 99 },
  ];
  expect(linePath(points, frame)).toBe("M0 50L50 25L100 0");
  expect(linePath([], frame)).toBe("");
  expect(linePath([{ atMs: 1000, value: 1 }], { ...frame, toMs: 1000, top: 0 })).toBe("M0 50");
});

it("an axis ends at a round number", () => {
  expect([0, 0.3, 1, 3, 7, 12_000, 900_000].map(niceTop)).toEqual([
    1, 0.5, 1, 5, 10, 20_000, 1_000_000,
  ]);
});
