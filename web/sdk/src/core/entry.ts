import { answerFailure } from "./answer.js";
import { readClaims } from "./base64.js";
import { failure } from "./error.js";
import type { MeetingOptions } from "./options.js";
import type { Platform } from "./platform.js";
import type { Mode } from "./types.js";

/** What is needed to connect. */
export interface Entry {
  /** Where the real-time connection is made: `ws://` or `wss://`. */
  url: string;
  token: string;
  participantId: string;
  sessionId?: string;
  /** Has to be let in. */
  lobby: boolean;
  /** Joined by a token of VideoSDK's kind: the server is Plenum. */
  plenum: boolean;
}

/** Exchanges the token for a connection; one of LiveKit's kind is used as it is. Rejects with 3047, 3073 or the server's number. */
export async function enter(
  options: MeetingOptions,
  {
    server,
    token,
    mode,
    platform,
  }: { server: string; token: string; mode: Mode; platform: Platform },
): Promise<Entry> {
  const claims = readClaims(token);
  if (!claims) throw failure("INVALID_TOKEN", "The token is not a JWT");
  if (claims.apikey === undefined && claims.video !== undefined)
    return {
      url: server.replace(/^http/, "ws"),
      token,
      participantId: String(claims.sub ?? options.participantId ?? ""),
      lobby: false,
      plenum: false,
    };
  const { meetingId, participantId, name, metaData } = options;
  const request = { roomId: meetingId, participantId, name, mode, metaData };
  const answer = await post(platform, `${server}/v2/plenum/join`, token, request);
  const { url, token: pass, participantId: id, sessionId } = answer;
  if (typeof url !== "string" || typeof pass !== "string" || typeof id !== "string")
    throw failure("UNABLE_TO_JOIN_MEETING", "The server's answer is not understood");
  return {
    url,
    token: pass,
    participantId: id,
    sessionId: typeof sessionId === "string" ? sessionId : undefined,
    lobby: answer.lobby === true,
    plenum: true,
  };
}

async function post(
  platform: Platform,
  url: string,
  token: string,
  body: unknown,
): Promise<Record<string, unknown>> {
  let answer: Awaited<ReturnType<Platform["fetch"]>>;
  try {
    answer = await platform.fetch(url, {
      method: "POST",
      headers: { Authorization: token, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch (thrown) {
    throw failure("UNABLE_TO_JOIN_MEETING", `The server cannot be reached: ${String(thrown)}`);
  }
  if (!answer.ok) throw await answerFailure(answer, "UNABLE_TO_JOIN_MEETING");
  return (await answer.json()) as Record<string, unknown>;
}
