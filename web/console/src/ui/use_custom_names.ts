import { listSessions } from "../api/calls";
import { useClient } from "./client_context";
import { usePoll } from "./use_poll";

/** The names that app servers gave rooms change rarely. */
const REFRESH_MS = 10_000;

/** customRoomId by roomId, of rooms in which a session runs: of one room, or of the newest. */
export function useCustomNames(roomId?: string): Map<string, string> {
  const client = useClient();
  const { value } = usePoll(`names ${roomId}`, REFRESH_MS, (signal) =>
    listSessions(client, { page: 1, status: "ongoing", roomId }, signal),
  );
  return new Map(value?.data.map((s) => [s.roomId, s.customRoomId ?? ""]));
}
