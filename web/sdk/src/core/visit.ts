import { type LeaveReason, leaveReason } from "./codes.js";
import { Connection } from "./connection.js";
import type { Egress } from "./egress.js";
import { enter } from "./entry.js";
import { asFailure, failure, type MeetingError } from "./error.js";
import type { LocalMedia } from "./local_media.js";
import type { SwitchOptions } from "./options.js";
import { checkedMode } from "./peer_words.js";
import type { PubSub } from "./pub_sub.js";
import type { RealtimeStore } from "./realtime_store.js";
import type { Receiving } from "./receiving.js";
import type { Roster } from "./roster.js";
import type { Session } from "./session.js";
import type { EntryDecision } from "./types.js";

/** The parts of a meeting that a visit brings together. */
export interface VisitParts {
  session: Session;
  roster: Roster;
  egress: Egress;
  media: LocalMedia;
  pubSub: PubSub;
  store: RealtimeStore;
  receiving: Receiving;
}

/** Joining, being let in, leaving, and going elsewhere. */
export class Visit {
  readonly #parts: VisitParts;
  readonly #session: Session;
  #connection: Connection | undefined;
  #joining: Promise<void> | undefined;

  constructor(parts: VisitParts) {
    this.#parts = parts;
    this.#session = parts.session;
  }

  join(): Promise<void> {
    if (this.#session.joined || this.#joining)
      return Promise.reject(
        this.#session.tell(
          failure(
            this.#session.joined ? "ALREADY_IN_REQUESTED_STATE" : "ACTION_IN_PROGRESS",
            this.#session.joined ? "The meeting is joined" : "The meeting is being joined",
          ),
        ),
      );
    this.#joining = this.#enter("JOIN_ROOM_FAILED").finally(() => {
      this.#joining = undefined;
    });
    return this.#joining;
  }

  async leave(): Promise<void> {
    if (!this.#session.engine && !this.#joining)
      throw this.#session.tell(failure("ACTION_BEFORE_JOIN", "The meeting is not joined"));
    await this.#finish(leaveReason("MANUAL_LEAVE_CALLED"));
  }

  end(): Promise<void> {
    return this.#session.act("END_MEETING_FAILED", async (engine) => {
      // The server sends everybody away, the caller included, perhaps before it answers.
      const gone = new Promise<void>((resolve) => engine.on("ended", () => resolve()));
      await Promise.race([gone, this.#session.call("meeting.end", {}, "END_MEETING_FAILED")]);
    });
  }

  async switchTo({ meetingId, token }: SwitchOptions): Promise<void> {
    await this.#session.act("SWITCH_MEETING_FAILED", async () => {
      if (!meetingId) throw failure("INVALID_PARAMETER", "A meetingId is needed");
    });
    const { options, roster } = { ...this.#parts, options: this.#session.options };
    options.micEnabled = roster.local.micOn;
    options.webcamEnabled = roster.local.webcamOn;
    await this.#disconnect(leaveReason("SWITCH_ROOM"));
    options.meetingId = meetingId;
    if (token) options.token = token;
    await this.#enter("SWITCH_ROOM_FAILED");
  }

  changeMode(wanted: string): Promise<void> {
    return this.#session.act(
      "CHANGE_MODE_FAILED",
      async () => {
        const mode = checkedMode(wanted);
        if (mode === this.#session.mode)
          throw failure("ALREADY_IN_REQUESTED_STATE", `The mode is ${mode}`);
        await this.#session.call("mode.set", { mode }, "CHANGE_MODE_FAILED");
      },
      { key: "mode" },
    );
  }

  respondEntry(participantId: string, decision: EntryDecision): Promise<void> {
    return this.#session.act("ERROR_RESPOND_ENTRY", async () => {
      if (decision !== "allowed" && decision !== "denied")
        throw failure("INVALID_PARAMETER", "A decision is allowed or denied");
      await this.#session.call("entry.respond", { participantId, decision }, "ERROR_RESPOND_ENTRY");
    });
  }

  async #enter(failed: "JOIN_ROOM_FAILED" | "SWITCH_ROOM_FAILED"): Promise<void> {
    const session = this.#session;
    const attempt = ++session.connection;
    try {
      const { options, platform } = session;
      session.mode = checkedMode(options.mode ?? "SEND_AND_RECV");
      session.server = (options.signalingBaseUrl ?? platform.defaultServer ?? "").replace(
        /\/+$/,
        "",
      );
      if (session.server && !/^[a-z]+:\/\//.test(session.server))
        session.server = `https://${session.server}`;
      session.server = session.server.replace(/^ws/, "http");
      session.token = options.token ?? "";
      if (!session.token)
        throw failure("INVALID_TOKEN", "A token is needed: VideoSDK.config(token)");
      if (!session.server)
        throw failure("INVALID_PARAMETER", "A server is needed: VideoSDK.configure({ serverUrl })");
      session.setState("CONNECTING");
      const entry = await enter(options, session);
      if (attempt !== session.connection) throw failure("ACTION_ABORTED", "Left meanwhile");
      session.sessionId = entry.sessionId;
      this.#parts.roster.local.become(entry.participantId);
      const connection = new Connection(this.#parts, (reason) => void this.#finish(reason));
      this.#connection = connection;
      await connection.open(entry);
      if (attempt !== session.connection) throw failure("ACTION_ABORTED", "Left meanwhile");
      session.joined = true;
      session.setState("CONNECTED");
      session.events.emit("meeting-joined");
      await connection.begin();
    } catch (thrown) {
      throw await this.#failed(asFailure(thrown, "UNABLE_TO_JOIN_MEETING"), attempt, failed);
    }
  }

  async #failed(
    error: MeetingError,
    attempt: number,
    reason: "JOIN_ROOM_FAILED" | "SWITCH_ROOM_FAILED",
  ): Promise<MeetingError> {
    if (attempt !== this.#session.connection)
      return failure("ACTION_ABORTED", "The meeting was left while it was being joined");
    const ended = this.#connection?.ended;
    await this.#disconnect(ended ?? leaveReason(reason));
    this.#session.tell(error);
    this.#session.setState("FAILED");
    this.#session.events.emit("meeting-left", ended ?? leaveReason(reason));
    return error;
  }

  async #finish(reason: LeaveReason): Promise<void> {
    if (this.#session.state === "DISCONNECTED" || this.#session.state === "FAILED") return;
    this.#session.connection += 1;
    await this.#disconnect(reason);
    this.#session.setState("DISCONNECTED");
    this.#session.events.emit("meeting-left", reason);
  }

  /** Ends the connection and forgets what belonged to it. */
  async #disconnect(reason: LeaveReason): Promise<void> {
    const { session, roster, egress, pubSub, store, receiving } = this.#parts;
    const connection = this.#connection;
    this.#connection = undefined;
    session.joined = false;
    receiving.clear();
    roster.clear(reason);
    egress.clear();
    pubSub.close();
    store.close();
    const engine = session.engine;
    session.engine = undefined;
    connection?.close();
    await engine?.disconnect().catch(() => undefined);
  }
}
