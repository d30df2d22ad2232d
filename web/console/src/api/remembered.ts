/** An API key and its secret, kept while this tab is open if the operator wishes so. */
export interface Credentials {
  apiKey: string;
  secret: string;
}

const NAME = "plenum-console";

export function remember(credentials: Credentials, storage: Storage = sessionStorage) {
  storage.setItem(NAME, JSON.stringify(credentials));
}

export function recall(storage: Storage = sessionStorage): Credentials | undefined {
  try {
    const found: unknown = JSON.parse(storage.getItem(NAME) ?? "null");
    if (typeof found !== "object" || found === null) return undefined;
    const { apiKey, secret } = found as Record<string, unknown>;
    return typeof apiKey === "string" && typeof secret === "string"
      ? { apiKey, secret }
      : undefined;
  } catch {
    return undefined;
  }
}

export const forget = (storage: Storage = sessionStorage) => storage.removeItem(NAME);
