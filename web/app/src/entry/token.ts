/** What a token says of its holder. The server checks it; here it only decides which controls to show. */
export interface Permissions {
  /** Waits until somebody lets it in. */
  asksToJoin: boolean;
  /** May let others in. */
  admits: boolean;
  /** May mute and remove others and end the meeting. */
  moderates: boolean;
}

const NONE: Permissions = { asksToJoin: false, admits: false, moderates: false };

function claimsOf(token: string): Record<string, unknown> {
  try {
    const payload = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(payload), (c) => c.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === "object" && claims !== null ? { ...claims } : {};
  } catch {
    return {};
  }
}

/** Reads both kinds of tokens; of what cannot be read, no permission. */
export function permissionsOf(token: string): Permissions {
  const { permissions, video } = claimsOf(token);
  if (Array.isArray(permissions))
    return {
      asksToJoin: permissions.includes("ask_join"),
      admits: permissions.includes("allow_join"),
      moderates: permissions.includes("allow_mod"),
    };
  const isAdmin =
    typeof video === "object" && video !== null && "roomAdmin" in video && video.roomAdmin === true;
  return isAdmin ? { asksToJoin: false, admits: true, moderates: true } : NONE;
}

/** The only room that a token is for, if there is one. */
export function roomOf(token: string): string | undefined {
  const { roomId, video } = claimsOf(token);
  if (typeof roomId === "string" && roomId) return roomId;
  if (typeof video === "object" && video !== null && "room" in video)
    return typeof video.room === "string" && video.room ? video.room : undefined;
  return undefined;
}
