import type { Parameters } from "./parameters";

/** A room that exists and the token to enter it with. */
export interface Access {
  room: string;
  /** What people call it. */
  title: string;
  token: string;
  /** The server's address. */
  server: string;
}

/** Why there is no way in. */
export type AccessFailure = "no-token" | "no-room" | "unreachable";

export type AccessResult = Access | { failure: AccessFailure };

async function answerOf(response: Response): Promise<Record<string, unknown>> {
  const body: unknown = await response.json();
  return typeof body === "object" && body !== null ? { ...body } : {};
}

/** A token of a development server; undefined where the server is none. */
export async function developmentToken(guest: boolean): Promise<string | undefined> {
  const permissions = guest ? "ask_join" : "allow_join,allow_mod";
  const response = await fetch(`/dev/app-token?permissions=${permissions}`);
  if (!response.ok) return undefined;
  const { token } = await answerOf(response);
  return typeof token === "string" ? token : undefined;
}

/** The room's id if `name` is one: a meeting that was made without a name is called by its id. */
async function existingRoom(token: string, name: string): Promise<string | undefined> {
  const response = await fetch(`/v2/rooms/validate/${encodeURIComponent(name)}`, {
    headers: { Authorization: token },
  });
  if (!response.ok) return undefined;
  const { roomId } = await answerOf(response);
  return typeof roomId === "string" ? roomId : undefined;
}

async function madeRoom(token: string, name: string | undefined): Promise<string | undefined> {
  const response = await fetch("/v2/rooms", {
    method: "POST",
    headers: { Authorization: token, "Content-Type": "application/json" },
    body: JSON.stringify(name ? { customRoomId: name } : {}),
  });
  const { roomId } = await answerOf(response);
  return response.ok && typeof roomId === "string" ? roomId : undefined;
}

/** What was typed, as an id: no spaces. */
export const roomId = (typed: string): string => typed.trim().replace(/\s+/g, "-");

/** Takes the way in that the address has, or has a development server make one. */
export async function findAccess(parameters: Parameters): Promise<AccessResult> {
  const server = parameters.server ?? window.location.origin;
  const { token, room } = parameters;
  if (token) return room ? { room, title: room, token, server } : { failure: "no-room" };
  try {
    const own = await developmentToken(parameters.guest);
    if (!own) return { failure: "no-token" };
    const name = room && roomId(room);
    const known = name ? await existingRoom(own, name) : undefined;
    const made = known ?? (await madeRoom(own, name));
    return made ? { room: made, title: room ?? made, token: own, server } : { failure: "no-room" };
  } catch {
    return { failure: "unreachable" };
  }
}
