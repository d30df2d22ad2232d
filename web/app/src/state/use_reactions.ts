import { usePubSub } from "@plenum/react-sdk";
import { useCallback, useEffect, useRef, useState } from "react";
import { attempt } from "../parts/attempt";

export const EMOJIS = ["👍", "👏", "❤️", "😂", "😮", "🎉"] as const;
export type Emoji = (typeof EMOJIS)[number];

export interface Floating {
  key: number;
  emoji: Emoji;
  name: string;
  /** Where it rises, 0 to 1 of the width. */
  at: number;
}

const SHOWN_MS = 4000;
const MOST = 20;

/** Reactions rise over the stage and are gone. */
export function useReactions() {
  const [floating, setFloating] = useState<readonly Floating[]>([]);
  const next = useRef(0);
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>());
  useEffect(() => () => timers.current.forEach(clearTimeout), []);

  const { publish } = usePubSub(
    "REACTION",
    {
      onMessageReceived: ({ message, senderName }) => {
        const emoji = EMOJIS.find((known) => known === message);
        if (!emoji) return;
        const key = next.current++;
        const shown = { key, emoji, name: senderName, at: 0.08 + 0.5 * ((key * 0.618) % 1) };
        setFloating((now) => [...now.slice(1 - MOST), shown]);
        const timer = setTimeout(() => {
          timers.current.delete(timer);
          setFloating((now) => now.filter((each) => each.key !== key));
        }, SHOWN_MS);
        timers.current.add(timer);
      },
    },
    { oldMessageLimit: 0 },
  );
  const send = useCallback(
    (emoji: Emoji) => void attempt(publish(emoji, { persist: false })),
    [publish],
  );
  return { floating, send };
}
