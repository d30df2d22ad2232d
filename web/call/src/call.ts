import {
  ConnectionState,
  DisconnectReason,
  Room,
  RoomEvent,
  Track,
  VideoPresets,
  type RemoteTrack,
} from "livekit-client";
import type { Access } from "./access";
import { controls } from "./controls";
import { element } from "./dom";
import { Grid } from "./grid";

const NOTICE_MS = 4000;

/** What the person reads; the empty ones need no words. */
const STATES: Record<ConnectionState, string> = {
  [ConnectionState.Connecting]: "Connecting…",
  [ConnectionState.Connected]: "Connected",
  [ConnectionState.Reconnecting]: "Reconnecting…",
  [ConnectionState.SignalReconnecting]: "Reconnecting…",
  [ConnectionState.Disconnected]: "Disconnected",
};

const REASONS: Partial<Record<DisconnectReason, string>> = {
  [DisconnectReason.DUPLICATE_IDENTITY]: "You joined from somewhere else.",
  [DisconnectReason.PARTICIPANT_REMOVED]: "You were removed from the room.",
  [DisconnectReason.ROOM_DELETED]: "The room was closed.",
  [DisconnectReason.ROOM_CLOSED]: "The room was closed.",
  [DisconnectReason.SERVER_SHUTDOWN]: "The server is going down.",
};

const CHANGES = [
  RoomEvent.ParticipantConnected,
  RoomEvent.ParticipantDisconnected,
  RoomEvent.TrackPublished,
  RoomEvent.TrackUnpublished,
  RoomEvent.TrackSubscribed,
  RoomEvent.TrackUnsubscribed,
  RoomEvent.TrackMuted,
  RoomEvent.TrackUnmuted,
  RoomEvent.LocalTrackPublished,
  RoomEvent.LocalTrackUnpublished,
  RoomEvent.ActiveSpeakersChanged,
  RoomEvent.ParticipantNameChanged,
  RoomEvent.Reconnected,
] as const;

/** A call in progress: joins, shows, and calls `onEnd` once when it is over. */
export class Call {
  readonly root: HTMLElement;
  private readonly room = new Room({
    adaptiveStream: true,
    dynacast: true,
    videoCaptureDefaults: { resolution: VideoPresets.h720.resolution },
  });
  private readonly grid = new Grid(this.room);
  private readonly status = element("span", {
    role: "status",
    testid: "connection-state",
    class: "status",
  });
  private readonly count = element("span", { class: "count", testid: "count" });
  private readonly notices = element("div", {
    class: "notices",
    role: "status",
    testid: "notices",
  });
  private readonly sounds = element("div", { hidden: "" });
  private readonly controls = controls(
    this.room,
    () => void this.room.disconnect(),
    (text) => this.notice(text),
  );

  constructor(
    roomName: string,
    private readonly onEnd: (explanation: string | undefined) => void,
  ) {
    this.root = element(
      "section",
      { class: "call", testid: "call", "aria-label": `Call in ${roomName}` },
      element("header", {}, element("h1", {}, roomName), this.count, this.status),
      this.grid.root,
      this.notices,
      this.controls.root,
      this.sounds,
    );
    for (const change of CHANGES) this.room.on(change, () => this.refresh());
    this.room
      .on(RoomEvent.ConnectionStateChanged, (state) => this.showState(state))
      .on(RoomEvent.TrackSubscribed, (track) => this.hear(track))
      .on(
        RoomEvent.TrackUnsubscribed,
        (track) => track.kind === Track.Kind.Audio && track.detach().forEach((e) => e.remove()),
      )
      .on(RoomEvent.Disconnected, (reason) => this.end(reason));
    this.showState(ConnectionState.Connecting);
  }

  /** Resolves once connected; rejects with the reason why not. Devices may follow or be refused. */
  async join(access: Access): Promise<void> {
    await this.room.connect(access.url, access.token);
    this.refresh();
    void this.openDevices();
  }

  /** A call without camera is still a call: a missing device is told, nothing more. */
  private async openDevices(): Promise<void> {
    const me = this.room.localParticipant;
    if (!me.permissions?.canPublish) return;
    const opened = await Promise.allSettled([
      me.setMicrophoneEnabled(true),
      me.setCameraEnabled(true),
    ]);
    const names = ["Microphone", "Camera"];
    opened.forEach((result, i) => {
      if (result.status === "rejected")
        this.notice(
          `${names[i]} could not be opened: ${String(result.reason?.message ?? result.reason)}`,
        );
    });
    this.refresh();
  }

  private hear(track: RemoteTrack): void {
    if (track.kind === Track.Kind.Audio) this.sounds.append(track.attach());
  }

  private showState(state: ConnectionState): void {
    this.status.textContent = STATES[state];
    this.status.dataset["state"] = state;
  }

  private refresh(): void {
    this.grid.update();
    this.controls.refresh();
    const people = 1 + this.room.remoteParticipants.size;
    this.count.textContent = people === 1 ? "Only you" : `${people} people`;
  }

  private notice(text: string): void {
    const line = element("p", { class: "notice" }, text);
    this.notices.append(line);
    setTimeout(() => line.remove(), NOTICE_MS);
  }

  private end(reason: DisconnectReason | undefined): void {
    this.grid.close();
    this.root.remove();
    this.onEnd(
      reason === undefined || reason === DisconnectReason.CLIENT_INITIATED
        ? undefined
        : (REASONS[reason] ?? "The connection was lost."),
    );
  }
}
