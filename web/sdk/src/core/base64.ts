/** Base64 of bytes, in pieces that do not overflow the stack. */
export function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 8192)
    binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary);
}

/** Bytes of base64, with or without `data:…;base64,` before it. Throws on other text. */
export function fromBase64(text: string): Uint8Array {
  const binary = atob(text.slice(text.startsWith("data:") ? text.indexOf(",") + 1 : 0));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

/** The claims of a JWT, unverified; undefined if it is none. */
export function readClaims(token: string): Record<string, unknown> | undefined {
  try {
    const part = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const claims: unknown = JSON.parse(new TextDecoder().decode(fromBase64(part)));
    return typeof claims === "object" && claims !== null
      ? (claims as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
