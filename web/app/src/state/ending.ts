import { Constants, type LeaveReason } from "@plenum/js-sdk";
import type { Key } from "../strings/en";

/** A screen after a meeting, or instead of one. */
export interface Ending {
  title: Key;
  text?: Key;
  /** The text of an error that has none of its own. */
  message?: string;
  /** Whether trying again can help. */
  again: boolean;
}

const { leaveReason: why, errors } = Constants;

/** What to say to somebody who is out. */
export function endingOf({ code }: LeaveReason): Ending {
  switch (code) {
    case why.MANUAL_LEAVE_CALLED:
      return { title: "leftTitle", again: true };
    case why.REMOVE_PEER:
    case why.REMOVE_PEER_API:
    case why.REMOVE_PEER_VIEWER_MODE_CHANGED:
      return { title: "removedTitle", text: "removedText", again: false };
    case why.REMOVE_ALL:
    case why.MEETING_END_API:
    case why.ROOM_CLOSE:
      return { title: "endedTitle", text: "endedText", again: false };
    case why.DUPLICATE_PARTICIPANT:
      return { title: "elsewhereTitle", text: "elsewhereText", again: true };
    default:
      return { title: "lostTitle", text: "lostText", again: true };
  }
}

const FAILURES: Readonly<Record<number, Key>> = {
  [errors.INVALID_TOKEN]: "failToken",
  [errors.INVALID_API_KEY]: "failToken",
  [errors.INVALID_PERMISSIONS]: "failToken",
  [errors.UNAUTHORIZED_MEETING_ID]: "failToken",
  [errors.INVALID_MEETING_ID]: "failRoom",
  [errors.MEETING_ID_DISABLED]: "failDisabled",
  [errors.MAX_PARTCIPANT_REACHED]: "failFull",
};

/** What to say to somebody who did not get in. */
export function failureOf(error: unknown, denied: boolean): Ending {
  if (denied) return { title: "deniedTitle", text: "deniedText", again: true };
  const code =
    typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  const known = typeof code === "number" ? FAILURES[code] : undefined;
  if (known) return { title: "failedTitle", text: known, again: known === "failFull" };
  const message = error instanceof Error ? error.message : String(error);
  return { title: "failedTitle", text: "failOther", message, again: true };
}
