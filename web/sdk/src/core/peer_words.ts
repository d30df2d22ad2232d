import { failure } from "./error.js";
import type { DeprecatedMode, Mode, PinState } from "./types.js";

const modes: Record<Mode | DeprecatedMode, Mode> = {
  SEND_AND_RECV: "SEND_AND_RECV",
  RECV_ONLY: "RECV_ONLY",
  SIGNALLING_ONLY: "SIGNALLING_ONLY",
  CONFERENCE: "SEND_AND_RECV",
  VIEWER: "SIGNALLING_ONLY",
};

/** A mode as it is written now. Throws 3067. */
export function checkedMode(mode: string): Mode {
  const known = Object.hasOwn(modes, mode) ? modes[mode as Mode] : undefined;
  if (!known)
    throw failure("INVALID_MODE", "A mode is SEND_AND_RECV, RECV_ONLY or SIGNALLING_ONLY");
  return known;
}

/** The mode that the server says in a participant's attributes. */
export function modeOf(attributes: Readonly<Record<string, string>>): Mode {
  return modes[attributes["plenum.mode"] as Mode] ?? "SEND_AND_RECV";
}

/** The pins that the server says in a participant's attributes. */
export function pinOf(attributes: Readonly<Record<string, string>>): PinState {
  const sides = (attributes["plenum.pin"] ?? "").split(",");
  return { cam: sides.includes("cam"), share: sides.includes("share") };
}

/** Still waiting to be let in. */
export function waits(attributes: Readonly<Record<string, string>>): boolean {
  return attributes["plenum.lobby"] === "waiting";
}

/** Removed by an application's server, not by somebody in the meeting. */
export function removedByApi(attributes: Readonly<Record<string, string>>): boolean {
  return attributes["plenum.removedBy"] === "api";
}

/** Metadata that is a JSON object; other metadata belongs to other applications. */
export function readMetaData(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
