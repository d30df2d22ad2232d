import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { type Access, type AccessFailure, developmentToken, findAccess } from "./entry/access";
import { Embedder } from "./entry/embed";
import type { Parameters } from "./entry/parameters";
import { permissionsOf } from "./entry/token";
import { type Entrance, Lobby } from "./lobby/Lobby";
import { Home } from "./screens/Home";
import { Message } from "./screens/Message";
import { NoAccess } from "./screens/NoAccess";
import type { Ending } from "./state/ending";
import { loadPreferences } from "./state/preferences";
import { t } from "./strings";

const Meeting = lazy(async () => ({ default: (await import("./meeting/Meeting")).Meeting }));

type Screen =
  | { at: "opening" }
  | { at: "home" }
  | { at: "no-access"; failure: AccessFailure }
  | { at: "lobby"; access: Access }
  | { at: "meeting"; access: Access; entrance: Entrance }
  | { at: "ended"; access: Access; ending: Ending };

function straightIn({ name, micOn, camOn }: Parameters): Entrance {
  const known = loadPreferences();
  return { ...known, name: name ?? (known.name || t("somebody")), micOn, camOn };
}

/** Which screen is there: from the address into the lobby, a meeting, and out of it. */
export function App({ parameters }: { parameters: Parameters }) {
  const [screen, setScreen] = useState<Screen>({ at: "opening" });
  const embedder = useMemo(() => new Embedder(parameters.embedder), [parameters]);

  const open = useCallback(
    async (room?: string) => {
      setScreen({ at: "opening" });
      const found = await findAccess({ ...parameters, room: room ?? parameters.room });
      if ("failure" in found) return setScreen({ at: "no-access", failure: found.failure });
      if (!parameters.token) rememberRoom(found.title);
      if (!parameters.skipLobby) return setScreen({ at: "lobby", access: found });
      setScreen({ at: "meeting", access: found, entrance: straightIn(parameters) });
    },
    [parameters],
  );

  useEffect(() => {
    embedder.tell({ type: "ready" });
    if (parameters.room || parameters.token) void open();
    else
      developmentToken(false).then(
        (token) => setScreen(token ? { at: "home" } : { at: "no-access", failure: "no-token" }),
        () => setScreen({ at: "no-access", failure: "unreachable" }),
      );
  }, [parameters, open, embedder]);

  useEffect(() => {
    const room = "access" in screen ? screen.access.title : undefined;
    document.title = room ? `${room} · ${t("app")}` : t("app");
  }, [screen]);

  switch (screen.at) {
    case "opening":
      return <Message title={t("loading")} busy />;
    case "home":
      return <Home onRoom={(name) => void open(name)} />;
    case "no-access":
      return <NoAccess failure={screen.failure} />;
    case "lobby":
      return (
        <Lobby
          access={screen.access}
          parameters={parameters}
          asks={permissionsOf(screen.access.token).asksToJoin}
          onEnter={(entrance) => setScreen({ at: "meeting", access: screen.access, entrance })}
        />
      );
    case "meeting":
      return (
        <Suspense fallback={<Message title={t("joining")} busy />}>
          <Meeting
            access={screen.access}
            entrance={screen.entrance}
            parameters={parameters}
            embedder={embedder}
            onEnd={(ending) => setScreen({ at: "ended", access: screen.access, ending })}
          />
        </Suspense>
      );
    case "ended":
      return (
        <Ended
          {...screen}
          again={() => setScreen({ at: "lobby", access: screen.access })}
          own={!parameters.token}
        />
      );
  }
}

/** So that the address in the bar is the invitation, and a reload comes back. */
function rememberRoom(room: string): void {
  const url = new URL(window.location.href);
  url.searchParams.set("room", room);
  window.history.replaceState(null, "", url);
}

function goHome(): void {
  const url = new URL(window.location.href);
  window.location.assign(url.pathname);
}

function Ended({ ending, again, own }: { ending: Ending; again(): void; own: boolean }) {
  const actions = [];
  if (ending.again) actions.push({ label: t("rejoin"), act: again });
  if (own) actions.push({ label: t("home"), act: goHome });
  return (
    <Message
      title={t(ending.title)}
      text={ending.text && t(ending.text, { message: ending.message ?? "" })}
      actions={actions}
      testId="ended"
    />
  );
}
