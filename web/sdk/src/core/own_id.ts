import { readClaims } from "./base64.js";

/** The id that a token is for: VideoSDK's claim, or LiveKit's subject. */
export function prescribedId(token: string | undefined): string | undefined {
  const claims = token ? readClaims(token) : undefined;
  const id = claims?.video === undefined ? claims?.participantId : claims.sub;
  return typeof id === "string" && id !== "" ? id : undefined;
}

/** An id that nobody else in the meeting has. */
export function randomId(): string {
  const letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  return Array.from({ length: 12 }, () => letters[Math.floor(Math.random() * letters.length)]).join(
    "",
  );
}
