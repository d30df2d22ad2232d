/** A raised or lowered hand, as it is sent to all and kept for who comes later. */
export interface HandMessage {
  /** Whose hand; a moderator may lower that of others. */
  participantId: string;
  up: boolean;
}

/** What was received, or undefined if it is no such message. */
export function readHand(payload: unknown): HandMessage | undefined {
  if (typeof payload !== "object" || payload === null) return undefined;
  if (!("participantId" in payload) || !("up" in payload)) return undefined;
  const { participantId, up } = payload;
  return typeof participantId === "string" && typeof up === "boolean"
    ? { participantId, up }
    : undefined;
}

/** Hands that are up, in the order in which they were raised. Messages come in the server's order. */
export function applyHand(hands: readonly string[], { participantId, up }: HandMessage): string[] {
  const others = hands.filter((id) => id !== participantId);
  if (!up) return others;
  return hands.includes(participantId) ? [...hands] : [...others, participantId];
}
