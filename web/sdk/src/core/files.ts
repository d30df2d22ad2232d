import { answerFailure } from "./answer.js";
import { fromBase64, toBase64 } from "./base64.js";
import { failure } from "./error.js";
import type { Session } from "./session.js";

/** Files that are on the server for some time. */
export class Files {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  upload(file: { base64Data: string; token: string; fileName: string }): Promise<string> {
    return this.#session.act("FILE_UPLOAD_FAILED", async () => {
      const { platform, server, token } = this.#session;
      const answer = await platform.fetch(
        `${server}/v2/plenum/files?name=${encodeURIComponent(file.fileName)}`,
        {
          method: "POST",
          headers: {
            Authorization: file.token || token,
            "Content-Type": "application/octet-stream",
          },
          body: decode(file.base64Data),
        },
      );
      if (!answer.ok) throw await answerFailure(answer, "FILE_UPLOAD_FAILED");
      const { url } = (await answer.json()) as { url?: unknown };
      if (typeof url !== "string")
        throw failure("FILE_UPLOAD_FAILED", "The server gave no address");
      return url;
    });
  }

  fetch(file: { url: string; token: string }): Promise<string> {
    return this.#session.act("FILE_FETCH_FAILED", async () => {
      const { platform, server, token } = this.#session;
      const ours = file.url.startsWith(`${server}/`);
      const answer = await platform.fetch(
        file.url,
        // The token is the server's business only; links elsewhere do not get it.
        ours ? { headers: { Authorization: file.token || token } } : {},
      );
      if (!answer.ok) throw await answerFailure(answer, "FILE_FETCH_FAILED");
      return toBase64(new Uint8Array(await answer.arrayBuffer()));
    });
  }
}

function decode(base64: string): Uint8Array {
  try {
    return fromBase64(base64);
  } catch {
    throw failure("INVALID_PARAMETER", "base64Data is not base64");
  }
}
