import { expect, test } from "vitest";
import { streamStats, transportStats } from "../src/core/stats.js";

const report = (bytes: number) => [
  {
    id: "in",
    type: "inbound-rtp",
    bytesReceived: bytes,
    packetsReceived: 9,
    packetsLost: 1,
    jitter: 0.004,
    codecId: "c",
    frameWidth: 640,
    frameHeight: 360,
    framesPerSecond: 30,
  },
  { id: "c", type: "codec", mimeType: "video/VP8" },
  { id: "t", type: "transport", selectedCandidatePairId: "p", bytesSent: 10, bytesReceived: 20 },
  {
    id: "p",
    type: "candidate-pair",
    localCandidateId: "l",
    currentRoundTripTime: 0.02,
    availableOutgoingBitrate: 900_000,
  },
  { id: "l", type: "local-candidate", protocol: "udp", candidateType: "host", networkType: "wifi" },
];

test("the bitrate is what came between two calls, in kbit/s", () => {
  const last = new Map();
  expect(streamStats(report(1000), last, 0)[0]?.bitrate).toBe(0);
  const [second] = streamStats(report(126_000), last, 1000);

  expect(second).toMatchObject({
    bitrate: 1000,
    rtt: 20,
    jitter: 4,
    codec: "video/VP8",
    network: "wifi",
    packetsLost: 1,
    size: { width: 640, height: 360, framerate: 30 },
  });
});

test("the connection's figures are those of the path in use", () => {
  expect(transportStats(report(0))).toEqual({
    rtt: 20,
    availableOutgoingBitrate: 900,
    bytesSent: 10,
    bytesReceived: 20,
    protocol: "udp",
  });
});

test("an empty report is no figures, not an error", () => {
  expect(streamStats([], new Map(), 0)).toEqual([]);
  expect(transportStats([])).toMatchObject({ bytesSent: 0, bytesReceived: 0 });
});
