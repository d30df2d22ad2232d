import { type LeaveReason, type LeaveReasonName, leaveReason } from "./codes.js";

const reasons: Record<string, LeaveReasonName> = {
  CLIENT_INITIATED: "MANUAL_LEAVE_CALLED",
  DUPLICATE_IDENTITY: "DUPLICATE_PARTICIPANT",
  PARTICIPANT_REMOVED: "REMOVE_PEER",
  ROOM_DELETED: "MEETING_END_API",
  ROOM_CLOSED: "ROOM_CLOSE",
  SIGNAL_CLOSE: "WEBSOCKET_DISCONNECTED",
  CONNECTION_TIMEOUT: "WEBSOCKET_DISCONNECTED",
  MEDIA_FAILURE: "WEBSOCKET_DISCONNECTED",
  STATE_MISMATCH: "WEBSOCKET_DISCONNECTED",
  SERVER_SHUTDOWN: "WEBSOCKET_DISCONNECTED",
  RECONNECT_ATTEMPTS_EXHAUSTED: "WEBSOCKET_CONNECTION_ATTEMPTS_EXHAUSTED",
  JOIN_FAILURE: "JOIN_ROOM_FAILED",
  MIGRATION: "SWITCH_ROOM",
};

/**
 * Why somebody left.
 * @param why LiveKit's name of the reason
 * @param hint what the server said before it, which is more exact
 */
export function leftBy(why: string, hint: LeaveReason | undefined): LeaveReason {
  return hint ?? leaveReason(reasons[why] ?? "UNKNOWN");
}
