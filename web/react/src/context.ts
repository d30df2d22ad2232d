import { createContext, useContext } from "react";
import type { Changes } from "./changes.js";

export const MeetingContext = createContext<Changes | null>(null);

/** The meeting of the provider around this component, and its changes. Throws without one. */
export function useChanges(): Changes {
  const changes = useContext(MeetingContext);
  if (!changes) throw new Error("This must be inside a <MeetingProvider>");
  return changes;
}
