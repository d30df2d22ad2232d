import { Egress } from "./egress.js";
import { Emitter } from "./emitter.js";
import { unsupported } from "./error.js";
import type { MeetingEvents } from "./events.js";
import { Files } from "./files.js";
import { LocalMedia } from "./local_media.js";
import type { MeetingOptions, SwitchOptions } from "./options.js";
import { prescribedId, randomId } from "./own_id.js";
import type { Participant } from "./participant.js";
import type { Platform } from "./platform.js";
import { PubSub } from "./pub_sub.js";
import { RealtimeStore } from "./realtime_store.js";
import { Receiving } from "./receiving.js";
import { Roster } from "./roster.js";
import { sendData } from "./send.js";
import { Session } from "./session.js";
import type {
  CompositionConfig,
  DeprecatedMode,
  DeviceInfo,
  EntryDecision,
  HlsState,
  HlsUrls,
  LivestreamOutput,
  LivestreamState,
  Mode,
  PinState,
  Quality,
  RecordingState,
  Reliability,
  SelectedDevice,
  StreamKinds,
  TranscriptionState,
} from "./types.js";
import { Visit } from "./visit.js";

/**
 * A meeting: one's part in a room. Every action rejects with a MeetingError, which `error` listeners get too:
 * 3035 before joining, 3065 while the connection is being restored, 3066 when the mode does not allow it,
 * and what each says. Events are in {@link MeetingEvents}.
 */
export class Meeting extends Emitter<MeetingEvents> {
  /** Messages by topic. */
  readonly pubSub: PubSub;
  /** Text by key that all share. */
  readonly realtimeStore: RealtimeStore;
  readonly #session: Session;
  readonly #roster: Roster;
  readonly #egress: Egress;
  readonly #media: LocalMedia;
  readonly #receiving: Receiving;
  readonly #files: Files;
  readonly #visit: Visit;

  /** @param platform where it runs; `VideoSDK.initMeeting` gives the browser's */
  constructor(options: MeetingOptions, platform: Platform) {
    super();
    const participantId = options.participantId ?? prescribedId(options.token) ?? randomId();
    const session = new Session({ ...options, participantId }, platform, this);
    this.#session = session;
    this.pubSub = new PubSub(session);
    this.realtimeStore = new RealtimeStore(session);
    this.#roster = new Roster(session);
    this.#egress = new Egress(session);
    this.#media = new LocalMedia(session, this.#roster);
    this.#receiving = new Receiving(session, this.#roster);
    this.#files = new Files(session);
    this.#visit = new Visit({
      session,
      roster: this.#roster,
      egress: this.#egress,
      media: this.#media,
      pubSub: this.pubSub,
      store: this.realtimeStore,
      receiving: this.#receiving,
    });
  }

  /** The room's id. */
  get id(): string {
    return this.#session.options.meetingId;
  }

  /** Who speaks loudest now; null when nobody does. */
  get activeSpeakerId(): string | null {
    return this.#roster.focus.activeSpeaker;
  }

  /** Who began to share a screen last and still does; null when nobody does. */
  get activePresenterId(): string | null {
    return this.#roster.focus.presenter;
  }

  /** Who belongs on the main screen: presenting, else speaking, else having spoken last. */
  get mainParticipantId(): string | null {
    return this.#roster.focus.main;
  }

  /** Oneself; always the same object. */
  get localParticipant(): Participant {
    return this.#roster.local;
  }

  /** The others, by id. */
  get participants(): Map<string, Participant> {
    return this.#roster.others;
  }

  /** Who is pinned, by id. */
  get pinnedParticipants(): Map<string, PinState> {
    return this.#roster.pinned();
  }

  get recordingState(): RecordingState {
    return this.#egress.recording;
  }

  get livestreamState(): LivestreamState {
    return this.#egress.livestream;
  }

  get hlsState(): HlsState {
    return this.#egress.hls;
  }

  /** Where the HLS stream is watched; empty while it cannot be. */
  get hlsUrls(): HlsUrls {
    return this.#egress.hlsUrls;
  }

  /** Always stopped: there is no transcription. */
  get transcriptionState(): TranscriptionState {
    return "TRANSCRIPTION_STOPPED";
  }

  /** A key provider was set, so that media is encrypted from end to end. */
  get isE2EEEnabled(): boolean {
    return this.#session.engine?.encrypted ?? false;
  }

  get selectedCameraDevice(): SelectedDevice {
    return this.#media.selectedCamera;
  }

  get selectedMicrophoneDevice(): SelectedDevice {
    return this.#media.selectedMicrophone;
  }

  /** Resolves when in; with `ask_join`, when let in. Errors: 3047, 4001 and on; 3054 when joined. */
  join(): Promise<void> {
    return this.#visit.join();
  }

  /** Leaves. Resolves after `meeting-left`. */
  leave(): Promise<void> {
    return this.#visit.leave();
  }

  /** Ends the meeting for all. Needs `allow_mod`. Errors: 3057. */
  end(): Promise<void> {
    return this.#visit.end();
  }

  /** Goes to another meeting with the same microphone and camera. Errors: 4076. */
  switchTo(options: SwitchOptions): Promise<void> {
    return this.#visit.switchTo(options);
  }

  /** Changes one's own mode. Errors: 3054, 3067, 4065. */
  changeMode(mode: Mode | DeprecatedMode): Promise<void> {
    return this.#visit.changeMode(mode);
  }

  /** Answers who asks to enter. Needs `allow_join`. Errors: 3073, 4059. */
  respondEntry(participantId: string, decision: EntryDecision): Promise<void> {
    return this.#visit.respondEntry(participantId, decision);
  }

  /** Errors: 3054, 3076. */
  muteMic(): Promise<void> {
    return this.#media.muteMic();
  }

  /** @param track one's own source instead of the chosen microphone. Errors: 3012, 3021 to 3025, 3049, 3054, 3066. */
  unmuteMic(track?: MediaStream): Promise<void> {
    return this.#media.unmuteMic(track);
  }

  /** @param track one's own source instead of the chosen camera. Errors: 3014, 3017 to 3020, 3026, 3050, 3054, 3066. */
  enableWebcam(track?: MediaStream): Promise<void> {
    return this.#media.enableWebcam(track);
  }

  /** Errors: 3054, 3077. */
  disableWebcam(): Promise<void> {
    return this.#media.disableWebcam();
  }

  /** @param track one's own source instead of asking for a screen. Errors: 3015, 3016, 3027, 3051, 3054, 3066. */
  enableScreenShare(track?: MediaStream): Promise<void> {
    return this.#media.enableScreenShare(track);
  }

  /** Errors: 3054. */
  disableScreenShare(): Promise<void> {
    return this.#media.disableScreenShare();
  }

  /** Another microphone, by device id or as a source; also while it is off. Errors: 3021 to 3025, 3052. */
  changeMic(device: string | MediaStream): Promise<void> {
    return this.#media.changeMic(device);
  }

  /** Another camera, by device id or as a source; also while it is off. Errors: 3017 to 3020, 3026, 3053. */
  changeWebcam(device: string | MediaStream): Promise<void> {
    return this.#media.changeWebcam(device);
  }

  /** Another source in place of the camera that is sent, a picture with a background say. Errors: 3026, 3053. */
  replaceWebcamStream(stream: MediaStream): Promise<void> {
    return this.#media.changeWebcam(stream);
  }

  /** The best quality that is sent of the camera. Errors: 3073, 4073. */
  setWebcamQuality(quality: Quality): Promise<void> {
    return this.#media.setWebcamQuality(quality);
  }

  /** The microphones. Errors: 3011. */
  getMics(): Promise<DeviceInfo[]> {
    return this.#media.devices("audioinput");
  }

  /** The cameras. Errors: 3013. */
  getWebcams(): Promise<DeviceInfo[]> {
    return this.#media.devices("videoinput");
  }

  /** Pass null to skip an argument. Errors: 4011, 4018. */
  startRecording(
    webhookUrl?: string | null,
    awsDirPath?: string | null,
    config?: CompositionConfig | null,
    transcription?: Record<string, unknown> | null,
  ): Promise<void> {
    return this.#egress.start("recording", { webhookUrl, awsDirPath, config }, transcription);
  }

  /** Errors: 4012. */
  stopRecording(): Promise<void> {
    return this.#egress.stop("recording");
  }

  /** Sends the meeting to other services. Errors: 4013, 4015, 4019. */
  startLivestream(outputs: LivestreamOutput[], config?: CompositionConfig | null): Promise<void> {
    return this.#egress.start("livestream", { outputs, config });
  }

  /** Errors: 4014. */
  stopLivestream(): Promise<void> {
    return this.#egress.stop("livestream");
  }

  /** Makes the meeting watchable at `hlsUrls`. Errors: 4016, 4020. */
  startHls(
    config?: CompositionConfig | null,
    transcription?: Record<string, unknown> | null,
  ): Promise<void> {
    return this.#egress.start("hls", { config }, transcription);
  }

  /** Errors: 4017. */
  stopHls(): Promise<void> {
    return this.#egress.stop("hls");
  }

  /** Stops receiving streams, those that come later too. Errors: 4057. */
  pauseAllStreams(kind: StreamKinds = "all"): Promise<void> {
    return this.#receiving.pauseAll(kind);
  }

  /** Errors: 4058. */
  resumeAllStreams(kind: StreamKinds = "all"): Promise<void> {
    return this.#receiving.resumeAll(kind);
  }

  /** Receives videos in the size they are shown in, and not at all while no element shows them. Errors: 4047. */
  enableAdaptiveSubscription(): Promise<void> {
    return this.#receiving.setAdaptive(true);
  }

  /** Receives all videos again in the quality asked for. Errors: 4047. */
  disableAdaptiveSubscription(): Promise<void> {
    return this.#receiving.setAdaptive(false);
  }

  /** Sends to all others, 15 KiB at most. True once it is sent. Errors: 3070, 3072. */
  send(
    payload: string | Uint8Array,
    options: { reliability?: Reliability } = {},
  ): Promise<boolean> {
    return sendData(this.#session, payload, options.reliability ?? "RELIABLE");
  }

  /** Puts a file on the server for some time; answers its address. Errors: 3072, 3074. */
  uploadBase64File(file: { base64Data: string; token: string; fileName: string }): Promise<string> {
    return this.#files.upload(file);
  }

  /** The file's content as base64. Errors: 3075. */
  fetchBase64File(file: { url: string; token: string }): Promise<string> {
    return this.#files.fetch(file);
  }

  /** Not supported (3068). */
  requestMediaRelay(_options: {
    destinationMeetingId: string;
    token?: string;
    kinds?: ("audio" | "video" | "share")[];
  }): Promise<never> {
    return this.#refuse("A media relay");
  }

  /** Not supported (3068). */
  stopMediaRelay(_destinationMeetingId: string): Promise<never> {
    return this.#refuse("A media relay");
  }

  /** Not supported (3068). */
  startWhiteboard(): Promise<never> {
    return this.#refuse("A whiteboard");
  }

  /** Not supported (3068). */
  stopWhiteboard(): Promise<never> {
    return this.#refuse("A whiteboard");
  }

  /** Not supported (3068). */
  startTranscription(_config?: Record<string, unknown>): Promise<never> {
    return this.#refuse("Transcription");
  }

  /** Not supported (3068). */
  stopTranscription(): Promise<never> {
    return this.#refuse("Transcription");
  }

  async #refuse(what: string): Promise<never> {
    throw this.#session.tell(unsupported(what));
  }
}
