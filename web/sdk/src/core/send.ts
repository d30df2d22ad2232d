import { failure } from "./error.js";
import type { Session } from "./session.js";
import type { Reliability } from "./types.js";

const maxBytes = 15 * 1024;
/** Tells text from bytes at the other end; LiveKit's applications send without a topic, which is text if it reads as such. */
const textTopic = "text";
const bytesTopic = "bytes";

/** Sends a message of `send`. Rejects with 3070, 3072, 3073. */
export function sendData(
  session: Session,
  payload: string | Uint8Array,
  reliability: Reliability,
): Promise<boolean> {
  return session.act("SEND_FAILED", async (engine) => {
    const isText = typeof payload === "string";
    if (!isText && !(payload instanceof Uint8Array))
      throw failure("INVALID_PARAMETER", "A payload is a string or a Uint8Array");
    const bytes = isText ? new TextEncoder().encode(payload) : payload;
    if (bytes.length > maxBytes)
      throw failure("PAYLOAD_TOO_LARGE", `A message has ${maxBytes} bytes at most`);
    await engine.publishData(bytes, {
      reliable: reliability !== "UNRELIABLE",
      topic: isText ? textTopic : bytesTopic,
    });
    return true;
  });
}

/** What a received message is for the application; undefined if it is not one of `send`. */
export function readData(data: {
  bytes: Uint8Array;
  topic?: string;
}): string | Uint8Array | undefined {
  if (data.topic?.startsWith("plenum/") || data.topic?.startsWith("lk.")) return undefined;
  return data.topic === bytesTopic ? data.bytes : new TextDecoder().decode(data.bytes);
}
