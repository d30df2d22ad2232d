import { RoomEvent, type Room } from "livekit-client";
import { element, icon, type IconName } from "./dom";

interface Switch {
  testid: string;
  picture: IconName;
  onName: string;
  offName: string;
  isOn(): boolean;
  set(on: boolean): Promise<unknown>;
}

/** A button that is pressed while its device is on. */
function toggle(
  parts: Switch,
  onError: (text: string) => void,
): { button: HTMLButtonElement; refresh(): void } {
  const button = element("button", { type: "button", testid: parts.testid, class: "control" });
  const refresh = (): void => {
    const on = parts.isOn();
    button.setAttribute("aria-pressed", `${on}`);
    button.setAttribute("aria-label", on ? parts.onName : parts.offName);
    button.title = on ? parts.onName : parts.offName;
    button.replaceChildren(
      on || parts.picture === "screen" ? icon(parts.picture) : icon(parts.picture, "slash"),
    );
  };
  button.addEventListener("click", () => {
    button.disabled = true;
    parts
      .set(!parts.isOn())
      .catch((error: unknown) => onError(error instanceof Error ? error.message : String(error)))
      .finally(() => {
        button.disabled = false;
        refresh();
      });
  });
  refresh();
  return { button, refresh };
}

export interface Controls {
  root: HTMLElement;
  refresh(): void;
}

/** Microphone, camera, screen, link, leave. */
export function controls(
  room: Room,
  onLeave: () => void,
  onNotice: (text: string) => void,
): Controls {
  const me = room.localParticipant;
  const switches = [
    toggle(
      {
        testid: "microphone",
        picture: "microphone",
        onName: "Turn microphone off",
        offName: "Turn microphone on",
        isOn: () => me.isMicrophoneEnabled,
        set: (on) => me.setMicrophoneEnabled(on),
      },
      onNotice,
    ),
    toggle(
      {
        testid: "camera",
        picture: "camera",
        onName: "Turn camera off",
        offName: "Turn camera on",
        isOn: () => me.isCameraEnabled,
        set: (on) => me.setCameraEnabled(on),
      },
      onNotice,
    ),
    toggle(
      {
        testid: "screen",
        picture: "screen",
        onName: "Stop sharing your screen",
        offName: "Share your screen",
        isOn: () => me.isScreenShareEnabled,
        set: (on) => me.setScreenShareEnabled(on, { audio: true }),
      },
      onNotice,
    ),
  ];
  const copy = element(
    "button",
    {
      type: "button",
      testid: "copy-link",
      class: "control",
      "aria-label": "Copy the link to this room",
      title: "Copy the link to this room",
    },
    icon("link"),
  );
  copy.addEventListener("click", () => {
    const link = new URL(location.pathname, location.origin);
    link.searchParams.set("room", room.name);
    navigator.clipboard.writeText(link.href).then(
      () => onNotice("Link copied"),
      () => onNotice(link.href),
    );
  });
  const leave = element(
    "button",
    {
      type: "button",
      testid: "leave",
      class: "control danger",
      "aria-label": "Leave the call",
      title: "Leave the call",
    },
    icon("leave"),
  );
  leave.addEventListener("click", onLeave);

  const unblock = element(
    "button",
    { type: "button", testid: "unblock-audio", class: "primary" },
    "Click to hear the others",
  );
  unblock.hidden = room.canPlaybackAudio;
  unblock.addEventListener("click", () => void room.startAudio());
  room.on(RoomEvent.AudioPlaybackStatusChanged, () => (unblock.hidden = room.canPlaybackAudio));

  return {
    root: element(
      "nav",
      { class: "controls", "aria-label": "Call controls" },
      unblock,
      ...switches.map((s) => s.button),
      copy,
      leave,
    ),
    refresh: () => switches.forEach((s) => s.refresh()),
  };
}
