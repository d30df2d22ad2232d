/** Where to connect and with what. */
export interface Access {
  /** WebSocket URL of the server. */
  url: string;
  token: string;
}

export interface Join {
  room: string;
  name: string;
}

/** Why no token could be had. The page switches on it. */
export type AccessFailure =
  | { reason: "no_dev_tokens" }
  | { reason: "refused"; status: number; text: string }
  | { reason: "unreachable" };

export type AccessResult = { access: Access } | { failure: AccessFailure };

const sameOrigin = (): string => location.origin.replace(/^http/, "ws");

/** An identity others cannot clash with: the name made plain, and four random characters. */
export function identityFor(name: string): string {
  const plain = name
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  const suffix = Array.from(crypto.getRandomValues(new Uint8Array(4)), (b) =>
    (b % 36).toString(36),
  ).join("");
  return `${plain || "guest"}-${suffix}`;
}

function isAccess(value: unknown): value is Access {
  return (
    typeof value === "object" &&
    value !== null &&
    "token" in value &&
    "url" in value &&
    typeof value.token === "string" &&
    typeof value.url === "string"
  );
}

/**
 * Takes `?token=` (and `?url=`) from the address if there, else asks a server in --dev for a
 * token.
 */
export async function obtainAccess(join: Join, address: URLSearchParams): Promise<AccessResult> {
  const token = address.get("token");
  if (token) return { access: { token, url: address.get("url") ?? sameOrigin() } };

  const query = new URLSearchParams({
    room: join.room,
    identity: identityFor(join.name),
    name: join.name,
  });
  let response: Response;
  try {
    response = await fetch(`/dev/token?${query}`, { cache: "no-store" });
  } catch {
    return { failure: { reason: "unreachable" } };
  }
  if (response.status === 404) return { failure: { reason: "no_dev_tokens" } };
  if (!response.ok)
    return { failure: { reason: "refused", status: response.status, text: await response.text() } };
  const body: unknown = await response.json().catch(() => undefined);
  return isAccess(body) ? { access: body } : { failure: { reason: "no_dev_tokens" } };
}

/** For the person in front of the page. */
export function explain(failure: AccessFailure): string {
  switch (failure.reason) {
    case "no_dev_tokens":
      return "This server hands out no tokens by itself. Open the page with ?token=… from your application.";
    case "refused":
      return `The server refused a token (${failure.status}): ${failure.text}`;
    case "unreachable":
      return "The server cannot be reached.";
  }
}
