import type { RawStats } from "./engine.js";
import type { StreamStats, TransportStats } from "./types.js";

type Entry = Readonly<Record<string, unknown>>;
const number = (entry: Entry | undefined, field: string): number | undefined => {
  const value = entry?.[field];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
};
const text = (entry: Entry | undefined, field: string): string | undefined => {
  const value = entry?.[field];
  return typeof value === "string" ? value : undefined;
};
const ms = (seconds: number | undefined) => (seconds === undefined ? undefined : seconds * 1000);

/** The path in use among the candidate pairs. */
function activePair(byId: Map<string, RawStats>): RawStats | undefined {
  const all = [...byId.values()];
  const chosen = all.find((e) => e.type === "transport" && text(e, "selectedCandidatePairId"));
  return (
    byId.get(text(chosen, "selectedCandidatePairId") ?? "") ??
    all.find((e) => e.type === "candidate-pair" && e.nominated && e.state === "succeeded")
  );
}

/**
 * Figures of one stream out of a WebRTC report: one entry a layer sent, or one received.
 * @param last bytes at the last call, by id; kept up to date here
 * @param now ms
 */
export function streamStats(
  report: readonly RawStats[],
  last: Map<string, { bytes: number; at: number }>,
  now: number,
): StreamStats[] {
  const byId = new Map(report.map((entry) => [entry.id, entry]));
  const pair = activePair(byId);
  const network = text(byId.get(text(pair, "localCandidateId") ?? ""), "networkType");
  return report
    .filter((entry) => entry.type === "outbound-rtp" || entry.type === "inbound-rtp")
    .map((entry) => {
      const sent = entry.type === "outbound-rtp";
      const remote = byId.get(text(entry, "remoteId") ?? "");
      const bytes = number(entry, sent ? "bytesSent" : "bytesReceived") ?? 0;
      const before = last.get(entry.id);
      last.set(entry.id, { bytes, at: now });
      const elapsed = before ? now - before.at : 0;
      const reason = text(entry, "qualityLimitationReason");
      const width = number(entry, "frameWidth");
      return {
        bitrate: before && elapsed > 0 ? Math.max(0, ((bytes - before.bytes) * 8) / elapsed) : 0,
        rtt: ms(number(remote, "roundTripTime") ?? number(pair, "currentRoundTripTime")),
        network,
        codec: text(byId.get(text(entry, "codecId") ?? ""), "mimeType"),
        jitter: ms(number(sent ? remote : entry, "jitter")),
        limitation: reason
          ? { reason, resolutionChanges: number(entry, "qualityLimitationResolutionChanges") ?? 0 }
          : undefined,
        totalPackets: number(entry, sent ? "packetsSent" : "packetsReceived") ?? 0,
        packetsLost: number(sent ? remote : entry, "packetsLost") ?? 0,
        size:
          width === undefined
            ? undefined
            : {
                width,
                height: number(entry, "frameHeight") ?? 0,
                framerate: number(entry, "framesPerSecond") ?? 0,
              },
        rid: text(entry, "rid"),
        ...layers(entry),
      };
    });
}

/** Layers as far as they can be seen from this end: the SVC mode of a sender, the temporal layers of a mode. */
function layers(entry: Entry): Partial<StreamStats> {
  const spatial = { q: 0, h: 1, f: 2 }[text(entry, "rid") ?? ""];
  const mode = /^[LS](\d)T(\d)/.exec(text(entry, "scalabilityMode") ?? "");
  return {
    currentSpatialLayer: spatial ?? (mode ? Number(mode[1]) - 1 : undefined),
    preferredSpatialLayer: spatial ?? (mode ? Number(mode[1]) - 1 : undefined),
    currentTemporalLayer: mode ? Number(mode[2]) - 1 : undefined,
    preferredTemporalLayer: mode ? Number(mode[2]) - 1 : undefined,
  };
}

/** Figures of the connection out of WebRTC reports. */
export function transportStats(report: readonly RawStats[]): TransportStats {
  const byId = new Map(report.map((entry) => [entry.id, entry]));
  const pair = activePair(byId);
  const local = byId.get(text(pair, "localCandidateId") ?? "");
  const transports = report.filter((entry) => entry.type === "transport");
  const sum = (field: string) =>
    transports.reduce((total, entry) => total + (number(entry, field) ?? 0), 0);
  const available = number(pair, "availableOutgoingBitrate");
  const protocol = text(local, "protocol");
  return {
    rtt: ms(number(pair, "currentRoundTripTime")),
    availableOutgoingBitrate: available === undefined ? undefined : available / 1000,
    bytesSent: sum("bytesSent") || (number(pair, "bytesSent") ?? 0),
    bytesReceived: sum("bytesReceived") || (number(pair, "bytesReceived") ?? 0),
    protocol: text(local, "candidateType") === "relay" ? `relay/${protocol}` : protocol,
  };
}
