import { type LeaveReason, leaveReason } from "./codes.js";
import type { EnginePeer } from "./engine.js";
import { type Focus, LocalFocus } from "./focus.js";
import { Participant } from "./participant.js";
import type { Session } from "./session.js";
import type { PinState } from "./types.js";

/** Who is in the meeting, and who is looked at. Turns the engine's changes into the meeting's events. */
export class Roster {
  readonly local: Participant;
  readonly others = new Map<string, Participant>();
  focus: Focus = { activeSpeaker: null, presenter: null, main: null };
  readonly #session: Session;
  #localFocus = new LocalFocus();
  #speakers: string[] = [];
  /** The focus is found here: the server does not say it. */
  #ownFocus = false;

  constructor(session: Session) {
    this.#session = session;
    this.local = new Participant(session, session.options.participantId ?? "", true);
    this.local.displayName = session.options.name ?? "";
    this.local.metaData = session.options.metaData;
  }

  find(id: string | null): Participant | undefined {
    if (id === null) return undefined;
    return id === this.local.id ? this.local : this.others.get(id);
  }

  all(): Participant[] {
    return [this.local, ...this.others.values()];
  }

  pinned(): Map<string, PinState> {
    const pinned = this.all().filter(({ pinState }) => pinState.cam || pinState.share);
    return new Map(pinned.map(({ id, pinState }) => [id, pinState]));
  }

  /** Somebody is there. */
  add(peer: EnginePeer): void {
    if (this.others.has(peer.id)) {
      this.update(peer);
      return;
    }
    const participant = new Participant(this.#session, peer.id, false);
    // Pins and the mode are told by the participant itself when it comes; streams once it has been told.
    participant.update({
      id: peer.id,
      name: peer.name,
      metadata: peer.metadata,
      attributes: peer.attributes,
      tracks: [],
    });
    this.others.set(peer.id, participant);
    this.#session.events.emit("participant-joined", participant);
    this.update(peer);
  }

  /** Somebody has changed. */
  update(peer: EnginePeer): void {
    const participant = this.find(peer.id);
    if (!participant) return;
    const changed = participant.update(peer);
    const { events } = this.#session;
    if (participant.local) this.#session.mode = participant.mode;
    if (changed.mode)
      events.emit("participant-mode-changed", { participantId: peer.id, mode: participant.mode });
    if (changed.pin)
      events.emit("pin-state-changed", {
        participantId: peer.id,
        peerId: peer.id,
        state: participant.pinState,
        pinnedBy: peer.attributes["plenum.pinBy"] ?? null,
      });
    this.#refocus();
  }

  /** Somebody has left. */
  remove(id: string, reason: LeaveReason): void {
    const participant = this.others.get(id);
    if (!participant) return;
    this.others.delete(id);
    participant.close();
    this.#session.events.emit("participant-left", participant, reason);
    this.#refocus();
  }

  /** Everybody is gone from here: the meeting was left. */
  clear(reason = leaveReason("UNKNOWN")): void {
    for (const id of [...this.others.keys()]) this.remove(id, reason);
    this.local.close();
    this.#speakers = [];
    this.#localFocus = new LocalFocus();
    this.#ownFocus = false;
    this.#setFocus({ activeSpeaker: null, presenter: null, main: null });
  }

  setSpeakers(ids: string[]): void {
    this.#speakers = ids;
    this.#refocus();
  }

  /** Finds the focus here from now on, until the server says it. */
  findFocus(): void {
    this.#ownFocus = true;
    this.#refocus();
  }

  /** The focus as the server says it. */
  follow(focus: Focus): void {
    this.#ownFocus = false;
    this.#setFocus(focus);
  }

  #refocus(): void {
    if (!this.#ownFocus) return;
    const people = [...this.others.values(), this.local].map((p) => ({
      id: p.id,
      mode: p.mode,
      sharing: p.screenShareOn,
    }));
    this.#setFocus(this.#localFocus.update(people, this.#speakers));
  }

  #setFocus(focus: Focus): void {
    const before = this.focus;
    this.focus = focus;
    const { events } = this.#session;
    if (before.activeSpeaker !== focus.activeSpeaker)
      events.emit("speaker-changed", focus.activeSpeaker);
    if (before.presenter !== focus.presenter) events.emit("presenter-changed", focus.presenter);
    if (before.main !== focus.main)
      events.emit("main-participant-changed", this.find(focus.main) ?? null);
  }
}
