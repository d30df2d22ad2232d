import "./styles/mantine";
import "@mantine/notifications/styles.css";
import "./styles/base.css";
import "./styles/panels.css";
import "./styles/tiles.css";
import "./styles/meeting.css";
import { DirectionProvider, MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { readParameters } from "./entry/parameters";
import { directionOf, setLanguage } from "./strings";
import { theme } from "./theme";

const parameters = readParameters(window.location.search, window.location.hash);
const language = parameters.language ?? "en";
setLanguage(language);

const root = document.getElementById("app");
if (root)
  createRoot(root).render(
    <DirectionProvider initialDirection={directionOf(language)} detectDirection={false}>
      <MantineProvider
        theme={theme}
        defaultColorScheme="auto"
        forceColorScheme={parameters.theme === "auto" ? undefined : parameters.theme}
      >
        <Notifications position="top-center" limit={3} autoClose={4000} />
        <App parameters={parameters} />
      </MantineProvider>
    </DirectionProvider>,
  );
