import { type MeetingOptions, VideoSDK } from "@plenum/js-sdk";
import { type ReactNode, useEffect, useState } from "react";
import { Changes } from "./changes.js";
import { MeetingContext } from "./context.js";

/** What `MeetingProvider` takes. */
export interface MeetingProviderProps {
  /** The options of `VideoSDK.initMeeting`. */
  config: MeetingOptions;
  /** The token to join with. */
  token: string;
  /** Joins by itself as soon as it is shown (false). A failure is told to `onError`. */
  joinWithoutUserInteraction?: boolean;
  /** Leaves and begins anew when `config` or `token` say something else (false: the first ones stay). */
  reinitialiseMeetingOnConfigChange?: boolean;
  /** Accepted and not needed: the server knows the device from the connection. */
  deviceInfo?: Record<string, unknown>;
  children?: ReactNode;
}

/**
 * Owns one meeting for the components in it, and leaves it when it goes away. Throws 3073 without a
 * `meetingId`.
 */
export function MeetingProvider(props: MeetingProviderProps): ReactNode {
  const { config, token, joinWithoutUserInteraction = false, children } = props;
  const key = props.reinitialiseMeetingOnConfigChange ? keyOf(config, token) : "";
  const [owned, setOwned] = useState(() => own(config, token, key));
  let current = owned;
  if (owned.key !== key) {
    current = own(config, token, key);
    setOwned(current);
  }
  const { stay } = current;
  useEffect(() => stay.begin(joinWithoutUserInteraction), [stay, joinWithoutUserInteraction]);
  return <MeetingContext.Provider value={stay.changes}>{children}</MeetingContext.Provider>;
}

function own(config: MeetingOptions, token: string, key: string): { key: string; stay: Stay } {
  const meeting = VideoSDK.initMeeting({ ...config, token });
  return { key, stay: new Stay(new Changes(meeting)) };
}

/** The time a meeting has with its provider. */
class Stay {
  #shown = 0;
  #asked = false;
  #away: (() => void) | undefined;

  constructor(readonly changes: Changes) {}

  /** The provider is shown, until the function that this answers is called. Begins once however often that happens. */
  begin(join: boolean): () => void {
    const { meeting } = this.changes;
    this.#shown += 1;
    this.#away ??= this.changes.subscribe(() => undefined, "meeting");
    if (join && !this.#asked) {
      this.#asked = true;
      meeting.join().catch(() => undefined);
    }
    return () => {
      this.#shown -= 1;
      // StrictMode takes the provider away and brings it back at once; only who stays away leaves.
      queueMicrotask(() => this.#endUnlessShown());
    };
  }

  #endUnlessShown(): void {
    if (this.#shown > 0 || !this.#away) return;
    const away = this.#away;
    this.#away = undefined;
    this.#asked = false;
    if (this.changes.entered) this.changes.meeting.leave().then(away, away);
    else away();
  }
}

/** What a config says; media in it counts by its identity. */
function keyOf(config: MeetingOptions, token: string): string {
  return JSON.stringify([config, token], (_, value: unknown) =>
    typeof MediaStream !== "undefined" && value instanceof MediaStream ? value.id : value,
  );
}
