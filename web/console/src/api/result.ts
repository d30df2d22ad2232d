/** Why a call failed. The page shows `message`; the rest is for those who look into logs. */
export interface ApiError {
  /** HTTP status; 0 when no answer came. */
  status: number;
  /** As the server words it, e.g. "ROOM_NOT_FOUND"; "OFFLINE" when no answer came. */
  code: string;
  message: string;
  /** Finds the server's log line. */
  requestId?: string;
}

export type Result<T> = { ok: true; value: T } | { ok: false; error: ApiError };

export const done = <T>(value: T): Result<T> => ({ ok: true, value });
export const failed = (error: ApiError): Result<never> => ({ ok: false, error });

interface RefusalBody {
  code?: unknown;
  message?: unknown;
  msg?: unknown;
  requestId?: unknown;
}

const text = (value: unknown) => (typeof value === "string" && value ? value : undefined);

/** A refusal of REST v2 (`message`) or of the Twirp services (`msg`), or of something in between. */
export function errorOf(status: number, body: unknown): ApiError {
  const refusal: RefusalBody = typeof body === "object" && body !== null ? body : {};
  const message = text(refusal.message) ?? text(refusal.msg);
  return {
    status,
    code: text(refusal.code) ?? `HTTP_${status}`,
    message: message ?? `The server answered with status ${status}`,
    requestId: text(refusal.requestId),
  };
}

export const offline: ApiError = {
  status: 0,
  code: "OFFLINE",
  message: "The server cannot be reached",
};
