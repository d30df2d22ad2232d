import { answerFailure } from "../core/answer.js";
import { readClaims } from "../core/base64.js";
import type { Engine, RawStats } from "../core/engine.js";
import { enter } from "../core/entry.js";
import { failure } from "../core/error.js";
import { streamStats, transportStats } from "../core/stats.js";
import type { StreamKind } from "../core/types.js";
import { currentPlatform, currentServer } from "../video_sdk.js";

/** The network during about a second. */
export interface NetworkSample {
  /** ms. */
  rtt: number;
  /** ms. */
  jitter: number;
  /** 0 to 100. */
  packetLoss: number;
  /** kbit/s. */
  sendBitrate: number;
}

/** Media sent to the server in a room of its own, to see how it gets there. */
export class Loop {
  readonly #last = new Map<string, { bytes: number; at: number }>();

  private constructor(
    private readonly engine: Engine,
    private readonly kinds: StreamKind[],
  ) {}

  /** Connects and sends. The token is for the room it names, else the room is one that the server makes for it. */
  static async open(
    token: string,
    serverUrl: string | undefined,
    tracks: MediaStreamTrack[],
  ): Promise<Loop> {
    const platform = currentPlatform();
    const server = (serverUrl ?? currentServer() ?? "").replace(/\/+$/, "");
    if (!server) throw failure("INVALID_PARAMETER", "A server is needed");
    const meetingId = await roomFor(token, server);
    const options = { meetingId, token };
    const entry = await enter(options, { server, token, mode: "SEND_AND_RECV", platform });
    const engine = platform.createEngine({ meetingId, autoConsume: false });
    await engine.connect(entry.url, entry.token);
    const kinds: StreamKind[] = [];
    for (const track of tracks) {
      const kind = track.kind === "audio" ? "audio" : "video";
      await engine.publish(kind, track, { simulcast: false });
      kinds.push(kind);
    }
    return new Loop(engine, kinds);
  }

  async sample(): Promise<NetworkSample> {
    const reports: RawStats[][] = [];
    for (const kind of this.kinds)
      reports.push(await this.engine.stats(this.engine.local.id, kind));
    const now = performance.now();
    const streams = reports.flatMap((report) => streamStats(report, this.#last, now));
    const packets = streams.reduce((sum, each) => sum + each.totalPackets, 0);
    const lost = streams.reduce((sum, each) => sum + each.packetsLost, 0);
    return {
      rtt: transportStats(reports[0] ?? []).rtt ?? streams[0]?.rtt ?? 0,
      jitter: Math.max(0, ...streams.map((each) => each.jitter ?? 0)),
      packetLoss: packets > 0 ? (100 * lost) / packets : 0,
      sendBitrate: streams.reduce((sum, each) => sum + each.bitrate, 0),
    };
  }

  close(): Promise<void> {
    return this.engine.disconnect();
  }
}

async function roomFor(token: string, server: string): Promise<string> {
  const claims = readClaims(token);
  if (typeof claims?.roomId === "string") return claims.roomId;
  if (claims?.video !== undefined) return "";
  const answer = await fetch(`${server}/v2/rooms`, {
    method: "POST",
    headers: { Authorization: token, "Content-Type": "application/json" },
    body: "{}",
  });
  if (!answer.ok) throw await answerFailure(answer, "UNABLE_TO_JOIN_MEETING");
  const { roomId } = (await answer.json()) as { roomId?: unknown };
  if (typeof roomId !== "string")
    throw failure("UNABLE_TO_JOIN_MEETING", "The server made no room");
  return roomId;
}
