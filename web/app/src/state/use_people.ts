import type { Participant } from "@plenum/js-sdk";
import { useMeeting } from "@plenum/react-sdk";
import { useEffect, useReducer } from "react";

/** Everybody, oneself first. Renders again when anybody's microphone, camera, screen or mode changes. */
export function usePeople(): { all: readonly Participant[]; others: readonly Participant[] } {
  const { localParticipant, participants } = useMeeting({
    onParticipantModeChanged: () => render(),
  });
  const [, render] = useReducer((n: number) => n + 1, 0);
  const others = [...participants.values()].filter((p) => !p.local);
  const all = localParticipant ? [localParticipant, ...others] : others;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the same people are the same list
  useEffect(() => {
    const changed = () => render();
    for (const p of all) {
      p.on("stream-enabled", changed);
      p.on("stream-disabled", changed);
      p.on("media-status-changed", changed);
    }
    render(); // for what changed before there were ears
    return () => {
      for (const p of all) {
        p.off("stream-enabled", changed);
        p.off("stream-disabled", changed);
        p.off("media-status-changed", changed);
      }
    };
  }, [all.map((p) => p.id).join("\n")]);
  return { all, others };
}
