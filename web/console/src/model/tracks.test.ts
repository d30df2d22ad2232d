import { expect, it } from "vitest";
import type { LiveEncoding, LiveTrack } from "../api/types";
import { formatOf, lossTone, sourceName } from "./tracks";

const track: LiveTrack = {
  trackId: "TR_1",
  name: "cam",
  kind: "video",
  source: "camera",
  muted: false,
  encryption: "none",
  width: 1280,
  height: 720,
  encodings: [],
  receivers: { total: 0 },
};
const encoding: LiveEncoding = {
  codec: "vp8",
  red: false,
  simulcast: true,
  bitrate: null,
  packetLoss: null,
  jitter: null,
};

it("a track is named by its source, else by its own name, else by its kind", () => {
  expect(sourceName(track)).toBe("Camera");
  expect(sourceName({ ...track, source: "" })).toBe("cam");
  expect(sourceName({ ...track, source: "", name: "" })).toBe("Video");
});

it("a format is codec and size", () => {
  expect(formatOf(track, encoding)).toBe("VP8 1280×720");
  expect(formatOf({ ...track, kind: "audio" }, { ...encoding, codec: "opus", red: true })).toBe(
    "Opus + RED",
  );
  expect(formatOf({ ...track, width: 0 }, undefined)).toBe("");
});

it("loss stands out from where it is noticed", () => {
  expect([null, 0, 1.9, 2, 8].map(lossTone)).toEqual(["", "", "", "warn", "bad"]);
});
