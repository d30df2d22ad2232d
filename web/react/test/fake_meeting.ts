import {
  Emitter,
  leaveReason,
  type Meeting,
  type MeetingEvents,
  type MeetingOptions,
  type Participant,
  type ParticipantEvents,
  type PubSubListeners,
  type PubSubMessage,
  type StoreObserver,
  type Stream,
  type StreamEvents,
  type StreamKind,
  VideoSDK,
} from "@plenum/js-sdk";
import { vi } from "vitest";

const FIELD = {
  audio: "micOn",
  video: "webcamOn",
  share: "screenShareOn",
  shareAudio: "screenShareAudioOn",
} as const;

export class FakeStream extends Emitter<StreamEvents> {
  paused = false;
  codec = "vp8";
  readonly track = {} as MediaStreamTrack;
  readonly pause = vi.fn(async () => undefined);
  readonly resume = vi.fn(async () => undefined);
  constructor(
    readonly id: string,
    readonly kind: StreamKind,
  ) {
    super();
  }
}

export class FakeParticipant extends Emitter<ParticipantEvents> {
  displayName: string;
  mode = "SEND_AND_RECV" as const;
  metaData = undefined;
  micOn = false;
  webcamOn = false;
  screenShareOn = false;
  screenShareAudioOn = false;
  quality = "high";
  screenShareQuality = "high";
  pinState = { cam: false, share: false };
  readonly streams = new Map<string, FakeStream>();
  readonly setViewPort = vi.fn(async () => undefined);
  readonly setQuality = vi.fn(async () => undefined);
  readonly pin = vi.fn(async () => undefined);
  constructor(
    readonly id: string,
    readonly local = false,
  ) {
    super();
    this.displayName = id.toUpperCase();
  }
  stream(kind: StreamKind) {
    return [...this.streams.values()].find((stream) => stream.kind === kind);
  }
  turnOn(kind: StreamKind): FakeStream {
    const stream = new FakeStream(
      `${this.id}-${kind}-${this.listenerCount("stream-enabled")}`,
      kind,
    );
    this.streams.set(stream.id, stream);
    this[FIELD[kind]] = true;
    this.emit("media-status-changed", { kind, newStatus: true });
    this.emit("stream-enabled", stream as unknown as Stream);
    return stream;
  }
  turnOff(kind: StreamKind): void {
    const stream = this.stream(kind);
    if (!stream) return;
    this.streams.delete(stream.id);
    this[FIELD[kind]] = false;
    this.emit("media-status-changed", { kind, newStatus: false });
    this.emit("stream-disabled", stream as unknown as Stream);
  }
}

/** What a meeting says and is asked, without a server. */
export class FakeMeeting extends Emitter<MeetingEvents> {
  readonly id: string;
  activeSpeakerId: string | null = null;
  activePresenterId: string | null = null;
  mainParticipantId: string | null = null;
  localParticipant = new FakeParticipant("me", true);
  readonly participants = new Map<string, FakeParticipant>();
  recordingState = "RECORDING_STOPPED";
  livestreamState = "LIVESTREAM_STOPPED";
  hlsState = "HLS_STOPPED";
  transcriptionState = "TRANSCRIPTION_STOPPED";
  isE2EEEnabled = false;
  #joined = false;
  readonly topics = new Map<string, Set<PubSubListeners>>();
  readonly observers = new Map<string, { key: string; observer: StoreObserver }>();
  old: PubSubMessage[] = [];

  constructor(readonly options: MeetingOptions) {
    super();
    this.id = options.meetingId;
  }

  // As the SDK's: other objects each time.
  get pinnedParticipants() {
    return new Map<string, object>();
  }
  get hlsUrls() {
    return {};
  }
  get selectedCameraDevice() {
    return { id: "", label: "" };
  }
  get selectedMicrophoneDevice() {
    return { id: "", label: "" };
  }

  readonly join = vi.fn(async () => {
    this.emit("meeting-state-changed", { state: "CONNECTING" });
    await Promise.resolve();
    this.#joined = true;
    this.emit("meeting-state-changed", { state: "CONNECTED" });
    this.emit("meeting-joined");
  });
  readonly leave = vi.fn(async () => {
    this.#joined = false;
    for (const [id, participant] of this.participants) {
      this.participants.delete(id);
      this.emit("participant-left", participant as unknown as Participant, leaveReason("UNKNOWN"));
    }
    this.topics.clear();
    this.observers.clear();
    this.emit("meeting-state-changed", { state: "DISCONNECTED" });
    this.emit("meeting-left", leaveReason("MANUAL_LEAVE_CALLED"));
  });
  readonly muteMic = vi.fn(async () => this.localParticipant.turnOff("audio"));
  readonly unmuteMic = vi.fn(async (_track?: MediaStream) => {
    this.localParticipant.turnOn("audio");
  });
  readonly uploadBase64File = vi.fn(async () => "https://plenum.example/file");

  readonly pubSub = {
    publish: vi.fn(async () => ({ id: "1", timestamp: 1 })),
    subscribe: vi.fn(async (topic: string, listeners: PubSubListeners) => {
      if (!this.#joined) throw new Error("3035");
      this.topics.set(topic, (this.topics.get(topic) ?? new Set()).add(listeners));
      await Promise.resolve();
      listeners.onOldMessagesReceived?.(this.old, { isLast: true });
      return this.old;
    }),
    unsubscribe: vi.fn(async (topic: string, listeners: PubSubListeners) => {
      if (!this.#joined) throw new Error("3035");
      this.topics.get(topic)?.delete(listeners);
    }),
  };
  readonly realtimeStore = {
    setValue: vi.fn(async () => undefined),
    getValue: vi.fn(async () => "value"),
    observe: vi.fn(async (key: string, observer: StoreObserver) => {
      const id = `o${this.observers.size}`;
      this.observers.set(id, { key, observer });
      return id;
    }),
    stopObserving: vi.fn(async (id: string) => {
      this.observers.delete(id);
    }),
  };

  comes(id: string): FakeParticipant {
    const participant = new FakeParticipant(id);
    this.participants.set(id, participant);
    this.emit("participant-joined", participant as unknown as Participant);
    return participant;
  }
  speaks(id: string | null): void {
    this.activeSpeakerId = id;
    this.emit("speaker-changed", id);
  }
  says(topic: string, id: string, timestamp: number): void {
    for (const each of this.topics.get(topic) ?? [])
      each.onMessageReceived?.(message(topic, id, timestamp));
  }
}

export function message(topic: string, id: string, timestamp: number): PubSubMessage {
  return { id, message: id, senderId: "a", senderName: "A", timestamp, topic, payload: null };
}

/** Meetings that providers make are fakes, in the order in which they were made. */
export function fakeMeetings(): FakeMeeting[] {
  const made: FakeMeeting[] = [];
  vi.spyOn(VideoSDK, "initMeeting").mockImplementation((options) => {
    const meeting = new FakeMeeting(options);
    made.push(meeting);
    return meeting as unknown as Meeting;
  });
  return made;
}
