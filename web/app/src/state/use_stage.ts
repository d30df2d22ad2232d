import { useMeeting } from "@plenum/react-sdk";
import { useRef, useState } from "react";
import { type Arrangement, arrange, GAP, type Stage, type Subject } from "../layout/arrange";
import { type Area, gridCapacity } from "../layout/grid";
import { reorder } from "../layout/order";
import { usePeople } from "./use_people";

const PAGER_HEIGHT = 52;

export interface StageState extends Stage {
  /** Everybody but oneself, on the stage or not. */
  others: readonly string[];
  turn(by: 1 | -1): void;
}

/** What is on the stage now: follows who is there, speaks, shares and is pinned. */
export function useStage({
  arrangement,
  area,
}: {
  arrangement: Arrangement;
  area: Area;
}): StageState {
  const { activeSpeakerId, mainParticipant, pinnedParticipants } = useMeeting();
  const { all: everybody, others } = usePeople();
  const [page, setPage] = useState(0);
  const order = useRef<readonly string[]>([]);
  const shared = useRef<readonly string[]>([]);
  const attended = useRef<string | null>(null);

  const seen = everybody.filter((p) => p.mode === "SEND_AND_RECV");
  const people = seen.map((p) => ({ id: p.id, local: p.local, cameraOn: p.webcamOn }));
  // Before the stage has a size there is no page for a speaker to come to.
  const capacity = gridCapacity(area, GAP, area.width < 700 ? 150 : 200);
  order.current = reorder(order.current, people, area.width > 0 ? activeSpeakerId : null, capacity);

  const sharing = seen.filter((p) => p.screenShareOn).map((p) => p.id);
  shared.current = [
    ...sharing.filter((id) => !shared.current.includes(id)),
    ...shared.current.filter((id) => sharing.includes(id)),
  ];

  // Nobody wants to look at oneself while speaking: whom one listened to before stays.
  if (mainParticipant && !mainParticipant.local) attended.current = mainParticipant.id;
  const main = seen.find((p) => p.id === attended.current) ?? seen.find((p) => !p.local);

  const pinned: Subject[] = [];
  for (const p of everybody) {
    const pin = pinnedParticipants.get(p.id);
    if (pin?.share && p.screenShareOn) pinned.unshift({ participantId: p.id, kind: "screen" });
    if (pin?.cam && p.mode === "SEND_AND_RECV")
      pinned.push({ participantId: p.id, kind: "camera" });
  }

  const wishes = {
    arrangement,
    area,
    page,
    cameras: order.current,
    screens: shared.current,
    pinned,
    main: main?.id ?? null,
  };
  let stage = arrange(wishes);
  // What turns pages covers nobody.
  const lower = { ...area, height: Math.max(0, area.height - PAGER_HEIGHT) };
  if (stage.pages > 1) stage = arrange({ ...wishes, area: lower });
  return { ...stage, others: others.map((p) => p.id), turn: (by) => setPage(stage.page + by) };
}
