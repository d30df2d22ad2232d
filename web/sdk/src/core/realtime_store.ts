import { failure } from "./error.js";
import type { Session } from "./session.js";

/** Called at each change of a key; `value` is null when it was deleted, `updatedBy` the id of who did it. */
export type StoreObserver = (value: string | null, updatedBy: string) => void;

/** Text by key that all in the meeting share; lives as long as the session. The last writer wins. */
export class RealtimeStore {
  readonly #session: Session;
  readonly #observers = new Map<string, { key: string; observer: StoreObserver }>();
  #next = 1;

  /** @internal */
  constructor(session: Session) {
    this.#session = session;
  }

  /** Sets, or deletes with null. A value has 1 KiB at most (3072), a key 128 bytes. Errors: 3073, 4045. */
  setValue(key: string, value: string | null): Promise<void> {
    return this.#session.act("SET_REALTIME_STORE_FAILED", async () => {
      checkKey(key);
      if (value !== null && typeof value !== "string")
        throw failure("INVALID_PARAMETER", "A value is a string or null");
      if (value !== null && new TextEncoder().encode(value).length > maxValueBytes)
        throw failure("PAYLOAD_TOO_LARGE", `A value has ${maxValueBytes} bytes at most`);
      await this.#session.call("store.set", { key, value }, "SET_REALTIME_STORE_FAILED");
    });
  }

  /** The value; null when there is none. Errors: 4046. */
  getValue(key: string): Promise<string | null> {
    return this.#session.act("GET_REALTIME_STORE_FAILED", async () => {
      checkKey(key);
      const answer = await this.#session.call("store.get", { key }, "GET_REALTIME_STORE_FAILED");
      return typeof answer.value === "string" ? answer.value : null;
    });
  }

  /** Watches a key. Answers an id for `stopObserving`. Errors: 4085. */
  observe(key: string, observer: StoreObserver): Promise<string> {
    return this.#session.act("OBSERVE_FAILED", async () => {
      checkKey(key);
      const id = `observer-${this.#next++}`;
      this.#observers.set(id, { key, observer });
      try {
        await this.#session.call("store.observe", { key }, "OBSERVE_FAILED");
      } catch (error) {
        this.#observers.delete(id);
        throw error;
      }
      return id;
    });
  }

  /** Ends what `observe` began. Errors: 4086. */
  stopObserving(id: string): Promise<void> {
    return this.#session.act("STOP_OBSERVE_FAILED", async () => {
      const ended = this.#observers.get(id);
      if (!ended) throw failure("INVALID_PARAMETER", "There is no such observer");
      this.#observers.delete(id);
      const { key } = ended;
      if ([...this.#observers.values()].some((each) => each.key === key)) return;
      await this.#session.call("store.unobserve", { key }, "STOP_OBSERVE_FAILED");
    });
  }

  /** @internal A change told by the server. */
  changed(key: string, value: string | null, updatedBy: string): void {
    for (const each of [...this.#observers.values()])
      if (each.key === key) each.observer(value, updatedBy);
  }

  /** @internal Observes anew after the connection was lost. */
  async restore(): Promise<void> {
    for (const key of new Set([...this.#observers.values()].map((each) => each.key)))
      await this.#session.call("store.observe", { key }, "OBSERVE_FAILED");
  }

  /** @internal The meeting was left. */
  close(): void {
    this.#observers.clear();
  }
}

const maxValueBytes = 1024;

function checkKey(key: string): void {
  const size = typeof key === "string" ? new TextEncoder().encode(key).length : 0;
  if (size < 1 || size > 128) throw failure("INVALID_PARAMETER", "A key has 1 to 128 bytes");
}
