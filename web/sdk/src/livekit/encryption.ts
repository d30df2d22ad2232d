import { ExternalE2EEKeyProvider as LiveKitKeyProvider } from "livekit-client";
import { failure } from "../core/error.js";

/**
 * Keys for end-to-end encryption of audio and video (not of messages), the same for all in the meeting: `await provider.setSharedKey("secret")`. Encrypting is a
 * worker's work: livekit-client's `livekit-client/e2ee-worker`, which the application bundles or serves.
 */
export class ExternalE2EEKeyProvider extends LiveKitKeyProvider {
  /** @internal */
  readonly worker: Worker | string | URL;

  /** @param options `worker`: the worker, or its address on the same origin */
  constructor(options: { worker: Worker | string | URL }) {
    super();
    this.worker = options.worker;
  }

  /** The key of all: a text, or 16 random bytes and more. */
  setSharedKey(key: string | ArrayBuffer): Promise<void> {
    return this.setKey(key);
  }
}

let provider: ExternalE2EEKeyProvider | undefined;

/** From the next meeting on media is encrypted with keys of this provider; undefined ends that. */
export function setKeyProvider(next: ExternalE2EEKeyProvider | undefined): void {
  if (next && !(next instanceof ExternalE2EEKeyProvider))
    throw failure("INVALID_PARAMETER", "The key provider is an ExternalE2EEKeyProvider");
  provider = next;
}

/** What livekit-client needs to encrypt; undefined when nothing is encrypted. */
export function encryptionOptions():
  | { keyProvider: LiveKitKeyProvider; worker: Worker }
  | undefined {
  if (!provider) return undefined;
  const { worker } = provider;
  return {
    keyProvider: provider,
    worker:
      typeof worker === "string" || worker instanceof URL
        ? new Worker(worker, { type: "module" })
        : worker,
  };
}
