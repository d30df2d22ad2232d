import { useParticipant } from "@plenum/react-sdk";
import { usePaused } from "../state/use_paused";

/** Somebody on the stage of others but not on this one: the server need not send the pictures. */
export function Unseen({ id, camera, screen }: { id: string; camera: boolean; screen: boolean }) {
  const { webcamStream, screenShareStream } = useParticipant(id);
  usePaused(webcamStream, camera);
  usePaused(screenShareStream, screen);
  return null;
}
