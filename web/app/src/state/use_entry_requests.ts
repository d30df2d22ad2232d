import { useMeeting } from "@plenum/react-sdk";
import { useCallback, useState } from "react";
import { attempt } from "../parts/attempt";

export interface Waiting {
  id: string;
  name: string;
}

export interface EntryRequests {
  waiting: readonly Waiting[];
  respond(id: string, decision: "allowed" | "denied"): void;
}

/** Who asks to be let in. Nobody for those who cannot. */
export function useEntryRequests(admits: boolean): EntryRequests {
  const [waiting, setWaiting] = useState<readonly Waiting[]>([]);
  const drop = useCallback((id: string) => setWaiting((now) => now.filter((w) => w.id !== id)), []);
  const { respondEntry } = useMeeting({
    onEntryRequested: ({ participantId, name }) => {
      if (!admits) return;
      setWaiting((now) => [
        ...now.filter((w) => w.id !== participantId),
        { id: participantId, name },
      ]);
    },
    onEntryResponded: (participantId) => drop(participantId),
  });
  const respond = useCallback(
    (id: string, decision: "allowed" | "denied") => {
      drop(id);
      void attempt(respondEntry(id, decision));
    },
    [drop, respondEntry],
  );
  return { waiting, respond };
}
