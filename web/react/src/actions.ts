/** Methods of `T` by name. */
export type Actions<T, N extends keyof T> = Pick<T, N>;

/**
 * Methods that can be passed around by themselves. Each finds its object when it is called; `done` is
 * called after it, since not everything that a method changes has an event.
 */
export function bind<T extends object, N extends keyof T & string>(
  names: readonly N[],
  find: () => T,
  done: () => void,
): Actions<T, N> {
  const bound = {} as Record<N, unknown>;
  for (const name of names)
    bound[name] = (...args: unknown[]) => {
      try {
        const owner = find();
        const method = owner[name] as (...args: unknown[]) => unknown;
        const answer = method.apply(owner, args);
        if (answer instanceof Promise) answer.then(done, done);
        return answer;
      } catch (error) {
        return Promise.reject(error);
      }
    };
  return bound as Actions<T, N>;
}
