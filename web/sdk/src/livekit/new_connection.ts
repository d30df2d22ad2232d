import { getBrowser, type Room, RoomEvent } from "livekit-client";

/**
 * In Firefox a peer connection whose ICE has failed receives again after an ICE restart but never sends: its DTLS
 * transport stays failed. livekit-client restarts ICE all the same, so here it is told to make a new connection.
 */
export function replaceFailedConnections(room: Room): void {
  if (getBrowser()?.name !== "Firefox") return;
  const replaced = new WeakSet<object>();
  const look = () => {
    const { pcManager } = room.engine;
    for (const connection of [pcManager?.publisher, pcManager?.subscriber]) {
      if (connection?.getConnectionState() !== "failed" || replaced.has(connection)) continue;
      // The new one begins with the same event, while the old one is still there.
      replaced.add(connection);
      room.engine.fullReconnectOnNext = true;
    }
  };
  room.on(RoomEvent.Reconnecting, look);
  room.on(RoomEvent.SignalReconnecting, look);
}

/** The connection has come back, but is about to be replaced. */
export function awaitsNewConnection(room: Room): boolean {
  return room.engine.fullReconnectOnNext;
}
