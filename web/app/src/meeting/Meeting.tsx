import { MeetingProvider, useMeeting } from "@plenum/react-sdk";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Access } from "../entry/access";
import type { Embedder } from "../entry/embed";
import type { Parameters } from "../entry/parameters";
import { permissionsOf } from "../entry/token";
import type { Entrance } from "../lobby/Lobby";
import { Message } from "../screens/Message";
import { type Ending, endingOf, failureOf } from "../state/ending";
import { t } from "../strings";
import { Room } from "./Room";

export interface MeetingProps {
  access: Access;
  entrance: Entrance;
  parameters: Parameters;
  embedder: Embedder;
  onEnd(ending: Ending): void;
}

/** A meeting from joining to leaving. */
export function Meeting(props: MeetingProps) {
  const { access, entrance } = props;
  const config = useMemo(
    () => ({
      meetingId: access.room,
      name: entrance.name,
      micEnabled: entrance.micOn,
      webcamEnabled: entrance.camOn,
      multiStream: true,
      signalingBaseUrl: access.server,
      debugMode: false,
    }),
    [access, entrance],
  );
  return (
    <MeetingProvider config={config} token={access.token}>
      <Joined {...props} />
    </MeetingProvider>
  );
}

function Joined(props: MeetingProps) {
  const { access, embedder, entrance, onEnd } = props;
  const [inside, setInside] = useState(false);
  const began = useRef(false);
  const denied = useRef(false);
  const over = useRef(false);
  const permissions = useMemo(() => permissionsOf(access.token), [access]);
  const finish = (ending: Ending) => {
    if (over.current) return;
    over.current = true;
    onEnd(ending);
  };

  const meeting = useMeeting({
    onMeetingJoined: () => setInside(true),
    onEntryResponded: (_id, decision) => {
      if (!inside && decision === "denied") denied.current = true;
    },
    onMeetingLeft: (reason) => {
      embedder.left(reason);
      // Whoever was not in yet learns from join() why not.
      if (inside) finish(endingOf(reason));
    },
  });
  const { join, changeMic, changeWebcam, localParticipant } = meeting;

  // biome-ignore lint/correctness/useExhaustiveDependencies: joins once
  useEffect(() => {
    if (began.current) return;
    began.current = true;
    Promise.resolve(join()).catch((error: unknown) => finish(failureOf(error, denied.current)));
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, on having joined
  useEffect(() => {
    if (!inside) return;
    embedder.tell({ type: "joined", participantId: localParticipant?.id ?? "" });
    // The devices of the lobby; what fails here can be chosen again in the settings.
    if (entrance.camId) Promise.resolve(changeWebcam(entrance.camId)).catch(() => {});
    if (entrance.micId) Promise.resolve(changeMic(entrance.micId)).catch(() => {});
  }, [inside]);

  if (inside) return <Room {...props} permissions={permissions} />;
  if (permissions.asksToJoin)
    return (
      <Message
        title={t("waitTitle")}
        text={t("waitText")}
        busy
        testId="waiting"
        actions={[
          {
            label: t("cancel"),
            act: () => {
              finish({ title: "leftTitle", again: true });
              Promise.resolve(meeting.leave()).catch(() => {});
            },
          },
        ]}
      />
    );
  return <Message title={t("joining")} busy />;
}
