import { createContext, use } from "react";
import type { Client } from "../api/client";

export const ClientContext = createContext<Client | undefined>(undefined);

/** The signed-in client. Only below `ClientContext`. */
export function useClient(): Client {
  const client = use(ClientContext);
  if (!client) throw new Error("nobody has signed in");
  return client;
}
