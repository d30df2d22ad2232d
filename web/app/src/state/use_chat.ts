import { usePubSub } from "@plenum/react-sdk";
import { useCallback, useEffect, useState } from "react";
import { attempt } from "../parts/attempt";

export interface ChatMessage {
  id: string;
  text: string;
  senderId: string;
  senderName: string;
  /** ms since 1970 */
  time: number;
  own: boolean;
}

export interface ChatState {
  messages: readonly ChatMessage[];
  /** Messages of others since the chat was last open. */
  unread: number;
  /** False when it was not sent. */
  send(text: string): Promise<boolean>;
}

const TOPIC = "CHAT";
const LONGEST = 4000;
const KEPT = 1000;

/** The chat of the meeting, with what was written before one came. */
export function useChat(me: string, isOpen: boolean): ChatState {
  const { messages, publish } = usePubSub(TOPIC, {}, { maxMessages: KEPT });
  const [read, setRead] = useState<{ time: number }>({ time: Date.now() });
  const newest = messages.at(-1)?.timestamp;

  useEffect(() => {
    if (isOpen) setRead({ time: Number(new Date(newest ?? 0)) });
  }, [isOpen, newest]);

  const send = useCallback(
    (text: string) => attempt(publish(text.slice(0, LONGEST), { persist: true })),
    [publish],
  );
  const all = messages.map((m) => ({
    id: m.id,
    text: m.message,
    senderId: m.senderId,
    senderName: m.senderName,
    time: Number(new Date(m.timestamp)),
    own: m.senderId === me,
  }));
  const unread = isOpen ? 0 : all.filter((m) => !m.own && m.time > read.time).length;
  return { messages: all, unread, send };
}
