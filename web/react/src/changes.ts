import type {
  ConnectionState,
  Meeting,
  MeetingEvents,
  Participant,
  ParticipantEvents,
} from "@plenum/js-sdk";

/** Events after which a meeting's or a participant's properties may be others. */
const MEETING_CHANGES = [
  "meeting-joined",
  "meeting-left",
  "meeting-state-changed",
  "participant-joined",
  "participant-left",
  "participant-mode-changed",
  "speaker-changed",
  "presenter-changed",
  "main-participant-changed",
  "pin-state-changed",
  "recording-state-changed",
  "livestream-state-changed",
  "hls-state-changed",
  "paused-all-streams",
  "resumed-all-streams",
  "codec-changed",
] as const satisfies readonly (keyof MeetingEvents)[];
const PARTICIPANT_CHANGES = [
  "stream-enabled",
  "stream-disabled",
  "media-status-changed",
  "video-quality-changed",
  "stream-paused",
  "stream-resumed",
] as const satisfies readonly (keyof ParticipantEvents)[];

/** Whose changes a listener wants besides the meeting's own: an id, or everybody's. */
export type Concern = { participantId: string } | "meeting" | "everybody";

/**
 * Tells that something in a meeting changed. Listens to the meeting and to everybody in it, once each,
 * and only while somebody listens here. In a large meeting most changes are of one participant, and
 * most listeners are about another: those are not called.
 */
export class Changes {
  /** How often the meeting was joined; what belonged to an earlier visit is gone from the server's side. */
  visit = 0;
  joined = false;
  #state: ConnectionState = "DISCONNECTED";
  readonly #listeners = new Map<() => void, Concern>();
  readonly #followed = new Map<Participant, () => void>();

  constructor(readonly meeting: Meeting) {}

  /**
   * Calls `listener` after each change that concerns it, until the function that this answers is called.
   * What happens to the meeting or to oneself concerns every one.
   */
  subscribe(listener: () => void, concern: Concern): () => void {
    const own = () => listener();
    const first = this.#listeners.size === 0;
    this.#listeners.set(own, concern);
    if (first) this.#attach();
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size === 0) this.#detach();
    };
  }

  /** Something may have changed. */
  readonly touch = (): void => {
    this.#follow();
    for (const listener of [...this.#listeners.keys()]) listener();
  };

  /** Something of this participant may have changed. */
  readonly touchPerson = (id: string): void => {
    const own = id === this.meeting.localParticipant.id;
    for (const [listener, concern] of [...this.#listeners])
      if (own || concern === "everybody" || (concern !== "meeting" && concern.participantId === id))
        listener();
  };

  /** Joined, or about to be. */
  get entered(): boolean {
    return this.#state !== "DISCONNECTED" && this.#state !== "FAILED";
  }

  /** Still in the meeting since it was joined that time. */
  during(visit: number): boolean {
    return this.joined && this.visit === visit;
  }

  /** Runs now, or once the connection is restored, unless the function that this answers is called before. */
  whenConnected(run: () => void): () => void {
    if (this.#state !== "RECONNECTING") {
      run();
      return () => undefined;
    }
    const wait = ({ state }: MeetingEvents["meeting-state-changed"][0]) => {
      if (state === "RECONNECTING") return;
      stop();
      if (state === "CONNECTED") run();
    };
    const stop = () => void this.meeting.off("meeting-state-changed", wait);
    this.meeting.on("meeting-state-changed", wait);
    return stop;
  }

  /** Somebody by id, oneself or another. */
  find(id: string): Participant | undefined {
    const { localParticipant, participants } = this.meeting;
    return localParticipant.id === id ? localParticipant : participants.get(id);
  }

  #attach(): void {
    this.meeting.on("meeting-joined", this.#entered);
    this.meeting.on("meeting-left", this.#left);
    this.meeting.on("meeting-state-changed", this.#connection);
    for (const event of MEETING_CHANGES) this.meeting.on(event, this.touch);
    this.#follow();
  }

  #detach(): void {
    this.meeting.off("meeting-joined", this.#entered);
    this.meeting.off("meeting-left", this.#left);
    this.meeting.off("meeting-state-changed", this.#connection);
    for (const event of MEETING_CHANGES) this.meeting.off(event, this.touch);
    for (const participant of this.#followed.keys()) this.#unfollow(participant);
  }

  readonly #entered = () => {
    this.joined = true;
    this.visit += 1;
  };
  readonly #left = () => {
    this.joined = false;
  };
  readonly #connection = ({ state }: MeetingEvents["meeting-state-changed"][0]) => {
    this.#state = state;
  };

  #follow(): void {
    if (this.#listeners.size === 0) return;
    const present = new Set([this.meeting.localParticipant, ...this.meeting.participants.values()]);
    for (const participant of this.#followed.keys())
      if (!present.has(participant)) this.#unfollow(participant);
    for (const participant of present) {
      if (this.#followed.has(participant)) continue;
      const touched = () => this.touchPerson(participant.id);
      this.#followed.set(participant, touched);
      for (const event of PARTICIPANT_CHANGES) participant.on(event, touched);
    }
  }

  #unfollow(participant: Participant): void {
    const touched = this.#followed.get(participant);
    if (!touched) return;
    this.#followed.delete(participant);
    for (const event of PARTICIPANT_CHANGES) participant.off(event, touched);
  }
}
