import type { ReactNode } from "react";
import type { MeetingCallbacks } from "./callbacks.js";
import { type MeetingActions, type MeetingState, useMeeting } from "./use_meeting.js";

/** What `MeetingConsumer` takes: a function that renders, and callbacks. */
export interface MeetingConsumerProps extends MeetingCallbacks {
  children(meeting: MeetingState & MeetingActions): ReactNode;
}

/** `useMeeting` as a component. */
export function MeetingConsumer({ children, ...callbacks }: MeetingConsumerProps): ReactNode {
  return children(useMeeting(callbacks));
}
