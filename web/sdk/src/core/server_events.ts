import { readFocus } from "./focus.js";
import type { PubSubMessage } from "./pub_sub.js";
import type { EntryDecision } from "./types.js";
import type { VisitParts } from "./visit.js";

interface Envelope {
  seq: number;
  type: string;
  data: Readonly<Record<string, unknown>>;
}

const eventsTopic = "plenum/events";
const pubSubTopic = "plenum/pubsub";

/** What the server tells beside the media: a snapshot, and then events with growing numbers. */
export class ServerEvents {
  readonly #parts: VisitParts;
  /** Events that came while a snapshot was on its way. */
  #early: Envelope[] | undefined;

  constructor(parts: VisitParts) {
    this.#parts = parts;
  }

  /** Gets a snapshot and takes it over, then what came meanwhile and is newer. */
  async refresh(): Promise<void> {
    const { session, roster, egress } = this.#parts;
    this.#early = [];
    try {
      const state = await session.call("state.get", {}, "UNABLE_TO_JOIN_MEETING");
      if (typeof state.sessionId === "string") session.sessionId = state.sessionId;
      roster.follow(readFocus(state.focus));
      egress.snapshot(state);
      if (Array.isArray(state.entryRequests))
        for (const each of state.entryRequests as Record<string, unknown>[])
          this.#entryRequested(each);
      const early = this.#early;
      this.#early = undefined;
      const seq = Number(state.seq ?? 0);
      for (const event of early) if (event.seq > seq) this.#apply(event);
    } finally {
      this.#early = undefined;
    }
  }

  /** A packet; true if it is the server's. */
  receive({ bytes, from, topic }: { bytes: Uint8Array; from?: string; topic?: string }): boolean {
    if (topic !== eventsTopic && topic !== pubSubTopic) return false;
    // Nobody but the server has a word here; one that a participant encrypted may look like it.
    if (from !== undefined && from !== "plenum") return true;
    const event = readEnvelope(bytes);
    if (!event) return true;
    if (topic === pubSubTopic) {
      if (event.type === "message")
        this.#parts.pubSub.receive(event.data as unknown as PubSubMessage & { order: number });
    } else if (this.#early) this.#early.push(event);
    else this.#apply(event);
    return true;
  }

  #apply({ type, data }: Envelope): void {
    const { roster, egress, store } = this.#parts;
    if (egress.event(type, data)) return;
    const handlers: Record<string, () => void> = {
      focus: () => roster.follow(readFocus(data)),
      "entry.requested": () => this.#entryRequested(data),
      "entry.responded": () => this.#entryResponded(data),
      "media.requested": () => this.#mediaRequested(data),
      "store.changed": () =>
        store.changed(
          String(data.key),
          typeof data.value === "string" ? data.value : null,
          String(data.updatedBy ?? ""),
        ),
    };
    if (Object.hasOwn(handlers, type)) handlers[type]?.();
  }

  #entryRequested(data: Readonly<Record<string, unknown>>): void {
    const { session } = this.#parts;
    const participantId = String(data.participantId);
    const respond = (decision: EntryDecision) =>
      session.act("ERROR_RESPOND_ENTRY", async () => {
        await session.call("entry.respond", { participantId, decision }, "ERROR_RESPOND_ENTRY");
      });
    session.events.emit("entry-requested", {
      participantId,
      name: String(data.name ?? ""),
      allow: () => respond("allowed"),
      deny: () => respond("denied"),
    });
  }

  #entryResponded(data: Readonly<Record<string, unknown>>): void {
    const { session, roster } = this.#parts;
    const id = String(data.participantId);
    // The asker knows by being let in, and has been told.
    if (id === roster.local.id) return;
    session.events.emit("entry-responded", id, data.decision === "allowed" ? "allowed" : "denied");
  }

  #mediaRequested(data: Readonly<Record<string, unknown>>): void {
    const { session } = this.#parts;
    const kind = data.kind === "mic" ? "mic" : "webcam";
    session.events.emit(`${kind}-requested`, {
      participantId: String(data.by ?? ""),
      accept: async () => session.own?.[kind](true),
      reject: () => undefined,
    });
  }
}

function readEnvelope(bytes: Uint8Array): Envelope | undefined {
  try {
    const said = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    if (said.v !== 1 || typeof said.type !== "string") return undefined;
    const data = said.data;
    if (typeof data !== "object" || data === null) return undefined;
    return {
      seq: Number(said.seq ?? 0),
      type: said.type,
      data: data as Record<string, unknown>,
    };
  } catch {
    return undefined;
  }
}
