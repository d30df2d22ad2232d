import type { ErrorName } from "./codes.js";
import type { Emitter } from "./emitter.js";
import type { Engine } from "./engine.js";
import { EngineCallError } from "./engine.js";
import { asFailure, failure, MeetingError } from "./error.js";
import type { MeetingEvents } from "./events.js";
import type { MeetingOptions } from "./options.js";
import type { Platform } from "./platform.js";
import type { ConnectionState, Mode, StreamKinds } from "./types.js";

/** What an action needs before it may begin. */
export interface Needs {
  /** Modes it works in; absent: all. */
  modes?: readonly Mode[];
  /** Actions of one key do not overlap (3055). */
  key?: string;
  /** Works while reconnecting. */
  offline?: boolean;
}

/** What the parts of one meeting share: the connection, its state, and the rules of every action. */
export class Session {
  engine: Engine | undefined;
  state: ConnectionState = "DISCONNECTED";
  /** In the room: connected, let in, and `meeting-joined` told. */
  joined = false;
  mode: Mode = "SEND_AND_RECV";
  server = "";
  token = "";
  sessionId: string | undefined;
  /** Streams of these kinds are paused as they come. */
  readonly pausedKinds = new Set<StreamKinds>();
  /** One's own devices, for participants who act on themselves. */
  own: { mic(on: boolean): Promise<void>; webcam(on: boolean): Promise<void> } | undefined;
  /** Why streams go on again just now. */
  resumeReason: "unmuted" | "adaptiveSubscriptionsDisabled" = "unmuted";
  /** Counts connections, so that what belongs to an old one is known. */
  connection = 0;
  readonly #running = new Set<string>();

  constructor(
    readonly options: MeetingOptions,
    readonly platform: Platform,
    readonly events: Emitter<MeetingEvents>,
  ) {}

  /** The connection of a meeting that has been joined. Throws 3035 before. */
  get live(): Engine {
    if (!this.engine || !this.joined) throw failure("ACTION_BEFORE_JOIN", "Join the meeting first");
    return this.engine;
  }

  setState(state: ConnectionState): void {
    if (this.state === state) return;
    this.state = state;
    this.platform.log("info", `meeting ${this.options.meetingId}: ${state}`);
    this.events.emit("meeting-state-changed", { state });
  }

  /** Runs an action by the rules; what fails is told to `error` listeners and thrown with a code. */
  async act<T>(
    otherwise: ErrorName,
    body: (engine: Engine) => Promise<T> | T,
    needs: Needs = {},
  ): Promise<T> {
    const connection = this.connection;
    let mine = false;
    try {
      const engine = this.live;
      if (this.state === "RECONNECTING" && !needs.offline)
        throw failure("ACTION_DURING_RECONNECT", "The connection is being restored");
      if (needs.modes && !needs.modes.includes(this.mode))
        throw failure("NOT_SUPPORTED_IN_MODE", `Not possible in mode ${this.mode}`);
      if (needs.key && this.#running.has(needs.key))
        throw failure("ACTION_IN_PROGRESS", "The same action is in progress");
      if (needs.key) {
        this.#running.add(needs.key);
        mine = true;
      }
      return await body(engine);
    } catch (thrown) {
      const aborted = connection !== this.connection && !(thrown instanceof MeetingError);
      throw this.tell(
        aborted
          ? failure("ACTION_ABORTED", "The meeting was left meanwhile")
          : asFailure(thrown, otherwise),
      );
    } finally {
      if (mine && needs.key) this.#running.delete(needs.key);
    }
  }

  /** Tells `error` listeners; answers the error, to be thrown. */
  tell(error: MeetingError): MeetingError {
    this.platform.log("warn", `${error.code} ${error.name}: ${error.message}`);
    this.events.emit("error", error);
    return error;
  }

  /** Calls the server. Rejects with the number the server says, `otherwise` if it says none. */
  async call(
    method: string,
    payload: Record<string, unknown>,
    otherwise: ErrorName,
  ): Promise<Record<string, unknown>> {
    if (!this.engine) throw failure("ACTION_BEFORE_JOIN", "Join the meeting first");
    try {
      const answer: unknown = JSON.parse(await this.engine.call(method, JSON.stringify(payload)));
      return typeof answer === "object" && answer !== null
        ? (answer as Record<string, unknown>)
        : {};
    } catch (thrown) {
      throw callFailure(thrown, otherwise);
    }
  }
}

const rpcResponseTimeout = 1502;

function callFailure(thrown: unknown, otherwise: ErrorName): MeetingError {
  if (!(thrown instanceof EngineCallError)) return asFailure(thrown, otherwise);
  try {
    const said: unknown = JSON.parse(thrown.data ?? "");
    if (typeof said === "object" && said !== null && "number" in said) {
      const { number, code, message } = said as Record<string, unknown>;
      if (typeof number === "number" && number > 0)
        return new MeetingError(
          number,
          typeof message === "string" ? message : thrown.message,
          typeof code === "string" ? code : undefined,
        );
    }
  } catch {
    // Not from Plenum: the RPC error's own text is all there is.
  }
  if (thrown.code === rpcResponseTimeout) return failure("ACTION_TIMED_OUT", thrown.message);
  return failure(otherwise, thrown.message);
}
