import { type LeaveReason, leaveReason } from "./codes.js";
import type { Engine, EngineEvents } from "./engine.js";
import type { Entry } from "./entry.js";
import { failure } from "./error.js";
import { leftBy } from "./leaving.js";
import { waits } from "./peer_words.js";
import { readData } from "./send.js";
import { ServerEvents } from "./server_events.js";
import type { VisitParts } from "./visit.js";

/** One connection of a visit: turns what the engine tells into the meeting's state and events. */
export class Connection {
  /** Why it ended; undefined while it has not. */
  ended: LeaveReason | undefined;
  readonly #parts: VisitParts;
  readonly #engine: Engine;
  readonly #server: ServerEvents;
  readonly #onEnd: (reason: LeaveReason) => void;
  readonly #undo: (() => void)[] = [];
  readonly #over: Promise<never>;
  #giveUp!: (error: Error) => void;
  #letIn: (() => void) | undefined;
  #plenum = false;

  constructor(parts: VisitParts, onEnd: (reason: LeaveReason) => void) {
    this.#parts = parts;
    this.#onEnd = onEnd;
    this.#engine = parts.session.platform.createEngine(parts.session.options);
    this.#server = new ServerEvents(parts);
    parts.session.engine = this.#engine;
    this.#over = new Promise<never>((_, reject) => {
      this.#giveUp = reject;
    });
    this.#over.catch(() => undefined);
  }

  /** Connects; resolves when in the room, which in the lobby is when let in. */
  async open(entry: Entry): Promise<void> {
    this.#plenum = entry.plenum;
    this.#listen();
    const entering = this.#enter(entry);
    // Who is turned away need not wait for a connection that was still being made.
    entering.catch(() => undefined);
    await Promise.race([entering, this.#over]);
    if (entry.lobby)
      this.#parts.session.events.emit("entry-responded", this.#engine.local.id, "allowed");
  }

  /** Tells who is there and what runs, and turns on what was asked for. */
  async begin(): Promise<void> {
    const { roster, session, media } = this.#parts;
    roster.update(this.#engine.local);
    for (const peer of this.#engine.peers.values()) this.#seen(peer.id);
    media.begin();
    const state = this.#server.refresh();
    // Another server may never answer; Plenum does, and its state belongs to having joined.
    if (this.#plenum) return state;
    roster.findFocus();
    state.catch(() => session.platform.log("info", "not a Plenum server"));
  }

  close(): void {
    for (const undo of this.#undo) undo();
    this.#giveUp(failure("ACTION_ABORTED", "Left while waiting to be let in"));
  }

  async #enter(entry: Entry): Promise<void> {
    await this.#engine.connect(entry.url, entry.token);
    if (!waits(this.#engine.local.attributes)) return;
    this.#parts.session.platform.log("info", "waiting to be let in");
    await new Promise<void>((resolve) => {
      this.#letIn = resolve;
    });
  }

  #listen(): void {
    const { session, roster, media } = this.#parts;
    this.#on("peer-joined", (peer) => this.#seen(peer.id));
    this.#on("peer", (id) => this.#seen(id));
    this.#on("peer-left", (id, why) => roster.remove(id, leftBy(why)));
    this.#on("speakers", (ids) => roster.setSpeakers(ids));
    this.#on("data", (data) => {
      if (this.#server.receive(data)) return;
      const payload = readData(data);
      if (payload === undefined || data.from === undefined || !session.joined) return;
      session.events.emit("data", {
        payload,
        from: data.from,
        timestamp: session.platform.now(),
        reliability: data.reliable ? "reliable" : "unreliable",
      });
    });
    this.#on("reconnecting", () => session.joined && session.setState("RECONNECTING"));
    this.#on("reconnected", () => this.#restore());
    this.#on("ended", (why) => this.#end(why));
    this.#on("bandwidth", (id, kind, paused) => roster.find(id)?.bandwidth(kind, paused));
    this.#on("local-ended", (kind) => media.ended(kind));
    this.#on("send-lost", (kind) => media.lost(kind));
    this.#on("muted-from-afar", (kind) => media.mutedFromAfar(kind));
    this.#on("encryption", (id, kind, state) => {
      for (const each of kind ? [kind] : (["audio", "video"] as const))
        roster.find(id)?.emit("e2ee-state-change", { kind: each, state });
    });
    this.#listenToLimits();
  }

  #listenToLimits(): void {
    const { events, platform } = this.#parts.session;
    const word = (active: boolean) => (active ? "detected" : "resolved");
    this.#on("limitation", ({ type, active }) =>
      events.emit("quality-limitation", { type, state: word(active), timestamp: platform.now() }),
    );
    this.#on("silence", ({ deviceLabel, active }) =>
      events.emit("audio-input-silence", {
        deviceLabel,
        state: word(active),
        timestamp: platform.now(),
      }),
    );
    this.#on("codec", ({ previous, current, kind }) =>
      events.emit("codec-changed", {
        previousCodec: previous,
        currentCodec: current,
        unsupportedRemoteCodec: previous,
        kind,
        causedBy: null,
      }),
    );
  }

  #on<K extends keyof EngineEvents>(event: K, listener: (...args: EngineEvents[K]) => void): void {
    this.#engine.on(event, listener);
    this.#undo.push(() => this.#engine.off(event, listener));
  }

  /** Somebody has come or changed. */
  #seen(id: string): void {
    const { session, roster, receiving } = this.#parts;
    if (id === this.#engine.local.id) {
      if (!waits(this.#engine.local.attributes)) this.#letIn?.();
      if (session.joined) roster.update(this.#engine.local);
      return;
    }
    const peer = this.#engine.peers.get(id);
    if (!peer || !session.joined) return;
    roster.add(peer);
    receiving.follow(id);
  }

  #restore(): void {
    const { session, roster, pubSub, store } = this.#parts;
    if (!session.joined) return;
    session.setState("CONNECTED");
    for (const id of [...roster.others.keys()])
      if (!this.#engine.peers.has(id)) roster.remove(id, leaveReason("UNKNOWN"));
    for (const peer of this.#engine.peers.values()) this.#seen(peer.id);
    roster.update(this.#engine.local);
    const lost = [this.#server.refresh(), pubSub.restore(), store.restore()];
    Promise.all(lost).catch((error) =>
      session.platform.log("warn", `after reconnecting: ${String(error)}`),
    );
  }

  #end(why: string): void {
    this.ended = leftBy(why);
    const { session } = this.#parts;
    const denied = why === "USER_REJECTED";
    if (denied) session.events.emit("entry-responded", this.#engine.local.id, "denied");
    if (session.joined) this.#onEnd(this.ended);
    else
      this.#giveUp(
        denied
          ? failure("UNAUTHORIZED_REQUEST", "The request to enter was denied")
          : failure("UNABLE_TO_JOIN_MEETING", `Left before being in: ${why}`),
      );
  }
}
