import {
  type LocalTrackPublication,
  LocalVideoTrack,
  RemoteTrackPublication,
  Room,
  RpcError,
} from "livekit-client";
import { Emitter } from "../core/emitter.js";
import {
  type Engine,
  EngineCallError,
  type EngineEvents,
  type RawStats,
  type SendOptions,
} from "../core/engine.js";
import type { MeetingOptions } from "../core/options.js";
import type { Quality, StreamKind } from "../core/types.js";
import { encryptionOptions } from "./encryption.js";
import { kindOf, qualityOf, sourceOf } from "./kinds.js";
import { replaceFailedConnections } from "./new_connection.js";
import { Peer } from "./peer.js";
import { publishOptions, wrapTrack } from "./publishing.js";
import { sendAgain } from "./republishing.js";
import { listen } from "./room_events.js";
import { SendMonitor } from "./send_monitor.js";

const serverIdentity = "plenum";

/** The connection as livekit-client makes it. */
export class LiveKitEngine extends Emitter<EngineEvents> implements Engine {
  readonly local: Peer;
  readonly peers: ReadonlyMap<string, Peer>;
  readonly encrypted: boolean;
  readonly #room: Room;
  readonly #options: MeetingOptions;
  readonly #monitor: SendMonitor;
  /** Kinds that are being muted from here, so that a mute from afar is known. */
  readonly #muting = new Set<StreamKind>();

  constructor(options: MeetingOptions) {
    super();
    const encryption = encryptionOptions();
    this.#options = options;
    this.encrypted = encryption !== undefined;
    this.#room = new Room({
      dynacast: true,
      adaptiveStream: false,
      stopLocalTrackOnUnpublish: true,
      publishDefaults: {
        backupCodec: options.codecSwitchEnabled !== false,
        stopMicTrackOnMute: false,
      },
      // Not `encryption`, which also hides from the server the calls that are for it.
      ...(encryption ? { e2ee: encryption } : {}),
    });
    this.local = new Peer(this.#room.localParticipant);
    replaceFailedConnections(this.#room);
    this.peers = listen(this.#room, this, this.#muting);
    sendAgain(this.#room, this);
    this.#monitor = new SendMonitor(this, () => this.#camera());
  }

  async connect(url: string, token: string): Promise<void> {
    if (this.encrypted) await this.#room.setE2EEEnabled(true);
    await this.#room.connect(url, token, {
      autoSubscribe: this.#options.autoConsume !== false,
    });
    this.#monitor.start();
  }

  async disconnect(): Promise<void> {
    this.#monitor.stop();
    await this.#room.disconnect(true);
  }

  async call(method: string, payload: string): Promise<string> {
    try {
      return await this.#room.localParticipant.performRpc({
        destinationIdentity: serverIdentity,
        method,
        payload,
      });
    } catch (thrown) {
      if (thrown instanceof RpcError)
        throw new EngineCallError(thrown.code, thrown.message, thrown.data);
      throw thrown;
    }
  }

  publishData(bytes: Uint8Array, options: { reliable: boolean; topic?: string }): Promise<void> {
    return this.#room.localParticipant.publishData(new Uint8Array(bytes), options);
  }

  async publish(kind: StreamKind, track: MediaStreamTrack, options: SendOptions): Promise<void> {
    const local = wrapTrack(track, options);
    local.once("ended", () => this.emit("local-ended", kind));
    await this.#room.localParticipant.publishTrack(local, publishOptions(kind, options));
  }

  async unpublish(kind: StreamKind): Promise<void> {
    const track = this.#sent(kind)?.track;
    if (track) await this.#room.localParticipant.unpublishTrack(track, true);
  }

  async setMuted(kind: StreamKind, muted: boolean): Promise<void> {
    this.#muting.add(kind);
    try {
      const publication = this.#sent(kind);
      if (muted) await publication?.mute();
      else await publication?.unmute();
    } finally {
      this.#muting.delete(kind);
    }
  }

  async replace(kind: StreamKind, track: MediaStreamTrack, userProvided: boolean): Promise<void> {
    const sent = this.#sent(kind)?.track;
    if (!sent) return;
    const previous = sent.mediaStreamTrack;
    await sent.replaceTrack(track, userProvided);
    if (previous !== track) previous.stop();
    this.emit("peer", this.local.id);
  }

  async setSendQuality(quality: Quality): Promise<void> {
    this.#camera()?.setPublishingQuality(qualityOf(quality));
  }

  setSubscribed(id: string, kind: StreamKind, subscribed: boolean): void {
    for (const publication of this.#received(id, kind)) publication.setSubscribed(subscribed);
  }

  setEnabled(id: string, kind: StreamKind, enabled: boolean): void {
    for (const publication of this.#received(id, kind)) publication.setEnabled(enabled);
    this.emit("peer", id);
  }

  setQuality(id: string, kind: StreamKind, quality: Quality): void {
    for (const publication of this.#received(id, kind))
      publication.setVideoQuality(qualityOf(quality));
  }

  setViewport(id: string, kind: StreamKind, width: number, height: number): void {
    for (const publication of this.#received(id, kind))
      publication.setVideoDimensions({ width, height });
  }

  async stats(id: string, kind: StreamKind): Promise<RawStats[]> {
    const publication = id === this.local.id ? this.#sent(kind) : this.#received(id, kind)[0];
    return entries(await publication?.track?.getRTCStatsReport());
  }

  async transportStats(): Promise<RawStats[]> {
    const people = [this.#room.localParticipant, ...this.#room.remoteParticipants.values()];
    for (const person of people)
      for (const { track } of person.trackPublications.values()) {
        const report = await track?.getRTCStatsReport();
        if (report) return entries(report);
      }
    return [];
  }

  #sent(kind: StreamKind): LocalTrackPublication | undefined {
    return this.#room.localParticipant.getTrackPublication(sourceOf(kind));
  }

  #camera(): LocalVideoTrack | undefined {
    const track = this.#sent("video")?.track;
    return track instanceof LocalVideoTrack ? track : undefined;
  }

  #received(id: string, kind: StreamKind): RemoteTrackPublication[] {
    const publications = this.#room.remoteParticipants.get(id)?.trackPublications.values() ?? [];
    return [...publications].filter(
      (each): each is RemoteTrackPublication =>
        each instanceof RemoteTrackPublication && kindOf(each) === kind,
    );
  }
}

function entries(report: RTCStatsReport | undefined): RawStats[] {
  const all: RawStats[] = [];
  report?.forEach((entry: RawStats) => {
    all.push(entry);
  });
  return all;
}
