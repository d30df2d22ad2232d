import { useElementSize, useFullscreenDocument } from "@mantine/hooks";
import { useMeeting } from "@plenum/react-sdk";
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { invitation } from "../entry/parameters";
import type { Permissions } from "../entry/token";
import type { Arrangement } from "../layout/arrange";
import { attempt, notify } from "../parts/attempt";
import type { Action } from "../state/shortcuts";
import { useChat } from "../state/use_chat";
import { useEntryRequests } from "../state/use_entry_requests";
import { useHands } from "../state/use_hands";
import { useReactions } from "../state/use_reactions";
import { useShortcuts } from "../state/use_shortcuts";
import { t } from "../strings";
import { Admission } from "./Admission";
import { Banner } from "./Banner";
import { Controls, type Dialog, type Panel } from "./Controls";
import type { MeetingProps } from "./Meeting";
import { Reactions } from "./Reactions";
import { Requests } from "./Requests";
import { Sounds } from "./Sounds";
import { Stage } from "./Stage";
import { TopBar } from "./TopBar";

const Chat = lazy(async () => ({ default: (await import("../panels/Chat")).Chat }));
const People = lazy(async () => ({ default: (await import("../panels/People")).People }));
const Dialogs = lazy(async () => ({ default: (await import("../dialogs/Dialogs")).Dialogs }));

/** Errors from here on are of recordings and streams that ended by themselves. */
const JOB_STOPPED = 5000;
const ARRANGEMENTS: readonly Arrangement[] = ["auto", "grid", "spotlight", "sidebar"];

/** The inside of a meeting: stage, controls, panels and dialogs. */
export function Room({
  access,
  entrance,
  parameters,
  embedder,
  permissions,
}: MeetingProps & { permissions: Permissions }) {
  const meeting = useMeeting({
    onError: ({ code, message }) => {
      if (code >= JOB_STOPPED) notify(message, true);
    },
  });
  const [panel, setPanel] = useState<Panel>();
  const [dialog, setDialog] = useState<Dialog>();
  const [arrangement, setArrangement] = useState<Arrangement>(parameters.layout);
  const [speakerId, setSpeakerId] = useState(entrance.speakerId);
  const [quality, setQuality] = useState<"auto" | "low" | "med" | "high">("auto");
  const fullscreen = useFullscreenDocument();
  const { ref: stageRef, width, height } = useElementSize();

  const me = meeting.localParticipant?.id ?? "";
  const chat = useChat(me, panel === "chat");
  const hands = useHands(me);
  const reactions = useReactions();
  const requests = useEntryRequests(permissions.admits);
  const area = useMemo(() => ({ width, height }), [width, height]);
  const link = invitation(window.location.href, access.title, false);

  const open = useCallback(
    (next: Panel) => setPanel((now) => (now === next ? undefined : next)),
    [],
  );
  const invite = useCallback(() => {
    navigator.clipboard?.writeText(link).then(
      () => notify(t("inviteCopied")),
      () => notify(t("inviteFailed", { link })),
    ) ?? notify(t("inviteFailed", { link }));
  }, [link]);

  const act = (action: Action) => {
    if (action === "toggleMic") attempt(meeting.toggleMic());
    if (action === "toggleCamera") attempt(meeting.toggleWebcam());
    if (action === "toggleShare") attempt(meeting.toggleScreenShare());
    if (action === "toggleHand") hands.toggle();
    if (action === "openChat") open("chat");
    if (action === "openPeople") open("people");
    if (action === "nextLayout")
      setArrangement(
        (now) => ARRANGEMENTS[(ARRANGEMENTS.indexOf(now) + 1) % ARRANGEMENTS.length] ?? "auto",
      );
    if (action === "fullscreen") void fullscreen.toggle();
    if (action === "openSettings") setDialog("settings");
    if (action === "openHelp") setDialog("shortcuts");
  };
  useShortcuts(act, dialog === undefined);

  const count = 1 + [...meeting.participants.values()].filter((p) => !p.local).length;
  useEffect(() => embedder.tell({ type: "participants", count }), [embedder, count]);
  useEffect(
    () =>
      embedder.listen((wish) => {
        if (wish === "toggleMic") attempt(meeting.toggleMic());
        if (wish === "toggleCamera") attempt(meeting.toggleWebcam());
        if (wish === "leave") attempt(meeting.leave());
      }),
    [embedder, meeting.toggleMic, meeting.toggleWebcam, meeting.leave],
  );

  return (
    <div className="room" data-testid="room" data-panel={panel}>
      <TopBar room={access.title} count={count} onPeople={() => open("people")} />
      <Banner />
      <div className="room-middle">
        <main className="stage" ref={stageRef} aria-label={t("stage")}>
          <Stage
            arrangement={arrangement}
            area={area}
            hands={hands.raised}
            quality={quality}
            alone={count === 1}
            onInvite={parameters.token ? undefined : invite}
          />
          <Reactions reactions={reactions.floating} />
        </main>
        {panel && (
          <Suspense fallback={<aside className="panel" />}>
            {panel === "chat" ? (
              <Chat chat={chat} onClose={() => setPanel(undefined)} />
            ) : (
              <People
                hands={hands}
                permissions={permissions}
                requests={requests}
                onInvite={parameters.token ? undefined : invite}
                onClose={() => setPanel(undefined)}
              />
            )}
          </Suspense>
        )}
      </div>
      {!parameters.hideControls && (
        <Controls
          act={act}
          panel={panel}
          unread={chat.unread}
          waiting={requests.waiting.length}
          handUp={hands.raised.includes(me)}
          moderates={permissions.moderates}
          arrangement={arrangement}
          onArrangement={setArrangement}
          onReact={reactions.send}
          onDialog={setDialog}
          onInvite={parameters.token ? undefined : invite}
          isFullscreen={fullscreen.fullscreen}
        />
      )}
      <Sounds speakerId={speakerId} />
      <Requests />
      {panel !== "people" && <Admission requests={requests} />}
      {dialog && (
        <Suspense>
          <Dialogs
            dialog={dialog}
            onClose={() => setDialog(undefined)}
            speakerId={speakerId}
            onSpeaker={setSpeakerId}
            quality={quality}
            onQuality={setQuality}
            arrangement={arrangement}
            onArrangement={setArrangement}
            themeIsForced={parameters.theme !== "auto"}
          />
        </Suspense>
      )}
    </div>
  );
}
