import { done, errorOf, failed, offline, type Result } from "./result";
import type { Signer } from "./signer";

/** Milliseconds after which a call counts as unanswered. */
const PATIENCE_MS = 15_000;

type Query = Record<string, string | number | undefined>;

const path = (route: string, query: Query) => {
  const given = Object.entries(query).filter(([, v]) => v !== undefined && v !== "");
  if (given.length === 0) return route;
  return `${route}?${new URLSearchParams(given.map(([k, v]) => [k, String(v)]))}`;
};

/** The server's HTTP interfaces, called with tokens of one key. Errors are values, never thrown. */
export class Client {
  /** @param fetcher as the browser's `fetch`; paths are those of the server the page came from */
  constructor(
    private readonly signer: Signer,
    private readonly fetcher: typeof fetch = (...call) => fetch(...call),
  ) {}

  get apiKey() {
    return this.signer.apiKey;
  }

  async get<T>(route: string, query: Query = {}, signal?: AbortSignal): Promise<Result<T>> {
    return this.send<T>("GET", path(route, query), await this.signer.rest(), undefined, signal);
  }

  async post<T>(route: string, body: object): Promise<Result<T>> {
    return this.send<T>("POST", route, await this.signer.rest(), body);
  }

  async remove<T>(route: string): Promise<Result<T>> {
    return this.send<T>("DELETE", route, await this.signer.rest());
  }

  /** A method of LiveKit's RoomService, on one room. */
  async roomService(method: string, room: string, body: object): Promise<Result<unknown>> {
    const token = `Bearer ${await this.signer.room(room)}`;
    return this.send("POST", `/twirp/livekit.RoomService/${method}`, token, { room, ...body });
  }

  private async send<T>(
    method: string,
    url: string,
    token: string,
    body?: object,
    signal?: AbortSignal,
  ): Promise<Result<T>> {
    const late = AbortSignal.timeout(PATIENCE_MS);
    try {
      const response = await this.fetcher(url, {
        method,
        headers: {
          Authorization: token,
          ...(body && { "Content-Type": "application/json" }),
        },
        body: body && JSON.stringify(body),
        signal: signal ? AbortSignal.any([signal, late]) : late,
        cache: "no-store",
        credentials: "omit",
      });
      const answer: unknown = await response.json().catch(() => undefined);
      if (!response.ok || answer === undefined) return failed(errorOf(response.status, answer));
      return done(answer as T);
    } catch {
      return failed(offline);
    }
  }
}
