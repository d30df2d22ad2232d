/** Event names with the arguments their listeners get. */
export type EventMap<E> = { [K in keyof E]: unknown[] };

/** Something with typed events. A listener that throws disturbs neither the others nor the caller. */
export class Emitter<E extends EventMap<E>> {
  readonly #listeners = new Map<keyof E, Set<unknown>>();

  /** Calls `listener` at each `event`. The same listener is added once. */
  on<K extends keyof E>(event: K, listener: (...args: E[K]) => void): this {
    const known = this.#listeners.get(event) ?? new Set();
    known.add(listener);
    this.#listeners.set(event, known);
    return this;
  }

  /** Calls `listener` at the next `event` only. */
  once<K extends keyof E>(event: K, listener: (...args: E[K]) => void): this {
    const first = (...args: E[K]) => {
      this.off(event, first);
      listener(...args);
    };
    return this.on(event, first);
  }

  /** Forgets a listener; without one, all of that event. */
  off<K extends keyof E>(event: K, listener?: (...args: E[K]) => void): this {
    if (listener) this.#listeners.get(event)?.delete(listener);
    else this.#listeners.delete(event);
    return this;
  }

  /** The name that event emitters have for `off`. */
  removeListener<K extends keyof E>(event: K, listener: (...args: E[K]) => void): this {
    return this.off(event, listener);
  }

  /** Forgets all listeners, of one event or of all. */
  removeAllListeners(event?: keyof E): this {
    if (event === undefined) this.#listeners.clear();
    else this.#listeners.delete(event);
    return this;
  }

  /** How many listeners an event has. */
  listenerCount(event: keyof E): number {
    return this.#listeners.get(event)?.size ?? 0;
  }

  /** Tells all listeners of `event`; true if there were any. */
  emit<K extends keyof E>(event: K, ...args: E[K]): boolean {
    const listeners = [...(this.#listeners.get(event) ?? [])] as ((...args: E[K]) => void)[];
    for (const listener of listeners) {
      try {
        listener(...args);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
    return listeners.length > 0;
  }
}
