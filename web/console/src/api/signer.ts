import { SignJWT } from "jose";

/** What a token is for. */
export type Claims = Record<string, unknown>;

/** Seconds that a token holds: long enough for clocks that differ, short enough to be useless soon. */
const LIFETIME_S = 120;
/** A token is used again until this many seconds before its end. */
const MARGIN_S = 60;

/** Signs the short-lived tokens of one API key. The secret itself cannot be read back from it. */
export class Signer {
  private readonly made = new Map<string, { token: string; endsAt: number }>();

  private constructor(
    readonly apiKey: string,
    private readonly key: CryptoKey,
    private readonly nowMs: () => number,
  ) {}

  /** Throws where the browser offers no WebCrypto: pages that came by plain http from elsewhere. */
  static async create(
    apiKey: string,
    secret: string,
    nowMs: () => number = Date.now,
  ): Promise<Signer> {
    const key = await crypto.subtle.importKey(
      "raw",
      new TextEncoder().encode(secret),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["sign"],
    );
    return new Signer(apiKey, key, nowMs);
  }

  /** For REST v2. */
  rest(): Promise<string> {
    return this.sign({ apikey: this.apiKey, version: 2, roles: ["crawler"] });
  }

  /** For LiveKit's server API, in one room. */
  room(room: string): Promise<string> {
    return this.sign({
      iss: this.apiKey,
      sub: "console",
      video: { room, roomAdmin: true, roomCreate: true },
    });
  }

  private async sign(claims: Claims): Promise<string> {
    const now = Math.floor(this.nowMs() / 1000);
    const name = JSON.stringify(claims);
    const before = this.made.get(name);
    if (before && before.endsAt - MARGIN_S > now) return before.token;
    for (const [other, { endsAt }] of this.made) if (endsAt <= now) this.made.delete(other);
    const endsAt = now + LIFETIME_S;
    const token = await new SignJWT({ ...claims, nbf: now - 30, exp: endsAt })
      .setProtectedHeader({ alg: "HS256", typ: "JWT" })
      .sign(this.key);
    this.made.set(name, { token, endsAt });
    return token;
  }
}
