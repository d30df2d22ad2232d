import { describe, expect, it } from "vitest";
import {
  between,
  bitrate,
  bytes,
  counted,
  duration,
  milliseconds,
  moment,
  percent,
} from "./format";

describe("figures", () => {
  it("carry a unit that fits their size", () => {
    expect([0, 640, 6_400, 64_000, 1_250_000, 25_000_000, 1.5e9].map(bitrate)).toEqual([
      "0",
      "640 bit/s",
      "6.4 kbit/s",
      "64 kbit/s",
      "1.3 Mbit/s",
      "25 Mbit/s",
      "1.5 Gbit/s",
    ]);
    expect([0, 999, 1500, 12_345_678].map(bytes)).toEqual(["0 B", "999 B", "1.5 kB", "12 MB"]);
    expect([0, 0.4, 12.3].map(percent)).toEqual(["0 %", "0.4 %", "12 %"]);
    expect([0, 4.21, 120].map(milliseconds)).toEqual(["0 ms", "4.2 ms", "120 ms"]);
  });
  it("that are not known are dashes", () => {
    expect([bitrate(null), percent(undefined), milliseconds(null)]).toEqual(["–", "–", "–"]);
  });
});

describe("times", () => {
  it("run to now while there is no end", () => {
    expect(between("2026-01-01T10:00:00Z", null, Date.parse("2026-01-01T11:02:03Z"))).toBe(
      "1:02:03",
    );
    expect(between("2026-01-01T10:00:00Z", "2026-01-01T10:00:07Z", 0)).toBe("0:07");
    expect(duration(-5000)).toBe("0:00");
  });
  it("have a date when they are not of today", () => {
    const at = new Date(2026, 0, 2, 9, 8, 7);
    expect(moment(at.toISOString(), at.getTime() + 1000)).toBe("09:08:07");
    expect(moment(at.toISOString(), at.getTime() + 864e5)).toBe("2026-01-02 09:08:07");
    expect([moment(null, 0), moment("no time", 0)]).toEqual(["–", "–"]);
  });
});

it("counts in words", () => {
  expect([0, 1, 2].map((n) => counted(n, "room"))).toEqual(["no rooms", "1 room", "2 rooms"]);
});
