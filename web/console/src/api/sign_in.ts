import { listLiveRooms } from "./calls";
import { Client } from "./client";
import type { Credentials } from "./remembered";
import { done, failed, type Result } from "./result";
import { Signer } from "./signer";

/** A client for that key, once the server has taken a token that its secret signed. */
export async function signIn({ apiKey, secret }: Credentials): Promise<Result<Client>> {
  // Browsers withhold WebCrypto from pages that came by plain http from another machine.
  if (!globalThis.crypto?.subtle)
    return failed({
      status: 0,
      code: "INSECURE_PAGE",
      message: "This browser signs only on pages that come by https, or from localhost.",
    });
  const client = new Client(await Signer.create(apiKey, secret));
  const answer = await listLiveRooms(client, 1);
  if (answer.ok) return done(client);
  if (answer.error.status !== 401) return answer;
  return failed({
    ...answer.error,
    message:
      "The server does not take this key and secret: the key is unknown, or the secret is not its own.",
  });
}
