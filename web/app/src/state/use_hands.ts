import { useMeeting, usePubSub } from "@plenum/react-sdk";
import { useCallback, useState } from "react";
import { attempt, notify } from "../parts/attempt";
import { t } from "../strings";
import { applyHand, readHand } from "./hands";

export interface Hands {
  /** Ids of those present whose hand is up, the longest first. */
  raised: readonly string[];
  toggle(): void;
  lower(participantId: string): void;
}

/** Raised hands: messages that the server keeps for who comes later. */
export function useHands(me: string): Hands {
  const { participants } = useMeeting();
  const [hands, setHands] = useState<readonly string[]>([]);
  const take = (
    message: { payload?: unknown; senderId: string; senderName: string },
    isNew: boolean,
  ) => {
    const hand = readHand(message.payload);
    if (!hand) return;
    setHands((now) => applyHand(now, hand));
    if (isNew && hand.up && message.senderId !== me)
      notify(t("raisedHand", { name: message.senderName || t("somebody") }));
  };
  const { publish } = usePubSub("HAND", {
    onMessageReceived: (message) => take(message, true),
    onOldMessagesReceived: (old) => {
      for (const message of old) take(message, false);
    },
  });
  const set = useCallback(
    (participantId: string, up: boolean) =>
      attempt(publish(up ? "up" : "down", { persist: true }, { participantId, up })),
    [publish],
  );
  return {
    raised: hands.filter((id) => id === me || participants.has(id)),
    toggle: () => void set(me, !hands.includes(me)),
    lower: (participantId) => void set(participantId, false),
  };
}
