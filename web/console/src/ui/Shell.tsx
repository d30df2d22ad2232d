import {
  ActionIcon,
  Text,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
} from "@mantine/core";
import {
  IconBroadcast,
  IconHistory,
  IconLogout,
  IconMoon,
  IconSun,
  IconVideo,
  IconWebhook,
} from "@tabler/icons-react";
import { useEffect, useRef } from "react";
import { type Route, routeHash, sectionOf } from "../model/route";
import { LiveRoomPage } from "../pages/LiveRoomPage";
import { LiveRoomsPage } from "../pages/LiveRoomsPage";
import { RecordingsPage } from "../pages/RecordingsPage";
import { SessionPage } from "../pages/SessionPage";
import { SessionsPage } from "../pages/SessionsPage";
import { WebhooksPage } from "../pages/WebhooksPage";
import { useClient } from "./client_context";
import { useRoute } from "./use_route";

const SECTIONS = [
  { page: "live", label: "Live", Icon: IconBroadcast },
  { page: "sessions", label: "Sessions", Icon: IconHistory },
  { page: "recordings", label: "Recordings", Icon: IconVideo },
  { page: "webhooks", label: "Webhooks", Icon: IconWebhook },
] as const;

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case "live":
      return <LiveRoomsPage />;
    case "room":
      return <LiveRoomPage room={route.room} />;
    case "sessions":
      return <SessionsPage />;
    case "session":
      return <SessionPage id={route.id} />;
    case "recordings":
      return <RecordingsPage />;
    case "webhooks":
      return <WebhooksPage />;
  }
}

function ColourScheme() {
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme("light") === "dark";
  const label = dark ? "Light colours" : "Dark colours";
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={label}
        onClick={() => setColorScheme(dark ? "light" : "dark")}
      >
        {dark ? <IconSun size={20} /> : <IconMoon size={20} />}
      </ActionIcon>
    </Tooltip>
  );
}

/** The frame of every page: the menu, whose key this is, and the way out. */
export function Shell({ onLeave }: { onLeave: () => void }) {
  const client = useClient();
  const route = useRoute();
  const main = useRef<HTMLElement>(null);
  const where = routeHash(route);
  const first = useRef(where);
  // Who navigates by keyboard or screen reader goes on at the new page, not in the menu.
  useEffect(() => {
    if (first.current !== where) main.current?.focus();
    first.current = where;
  }, [where]);

  return (
    <>
      <header className="bar">
        <a className="brand" href="#/live">
          <img src="./icon.svg" alt="" width={24} height={24} />
          <span>Plenum</span>
        </a>
        <nav aria-label="Console">
          {SECTIONS.map(({ page, label, Icon }) => (
            <a
              key={page}
              href={`#/${page}`}
              aria-current={sectionOf(route) === page ? "page" : undefined}
            >
              <Icon size={18} aria-hidden />
              <span>{label}</span>
            </a>
          ))}
        </nav>
        <div className="bar-end">
          <Text size="sm" c="dimmed" className="key" title="API key">
            {client.apiKey}
          </Text>
          <ColourScheme />
          <Tooltip label="Sign out">
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label="Sign out"
              onClick={onLeave}
            >
              <IconLogout size={20} />
            </ActionIcon>
          </Tooltip>
        </div>
      </header>
      <main className="page" ref={main} tabIndex={-1}>
        <Page key={where} route={route} />
      </main>
    </>
  );
}
