import { useEffect, useState } from "react";
import type { Client } from "./api/client";
import { type Credentials, forget, recall, remember } from "./api/remembered";
import { type ApiError, failed } from "./api/result";
import { signIn } from "./api/sign_in";
import { ClientContext } from "./ui/client_context";
import { Shell } from "./ui/Shell";
import { SignIn } from "./ui/SignIn";

/** Asks for a key and its secret, then shows the console. */
export function App() {
  const [client, setClient] = useState<Client>();
  const [error, setError] = useState<ApiError>();
  const [busy, setBusy] = useState(() => recall() !== undefined);

  const enter = async (credentials: Credentials, keep: boolean) => {
    setBusy(true);
    setError(undefined);
    const result = await signIn(credentials).catch((e: unknown) =>
      failed({ status: 0, code: "SIGNING_FAILED", message: `This secret cannot sign: ${e}` }),
    );
    setBusy(false);
    if (!result.ok) return setError(result.error);
    if (keep) remember(credentials);
    setClient(result.value);
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, with what this tab remembers
  useEffect(() => {
    const remembered = recall();
    if (remembered) void enter(remembered, true);
  }, []);

  const leave = () => {
    forget();
    setClient(undefined);
  };

  if (!client) return <SignIn busy={busy} error={error} onSubmit={enter} />;
  return (
    <ClientContext value={client}>
      <Shell onLeave={leave} />
    </ClientContext>
  );
}
