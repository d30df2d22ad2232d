import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./ui/style.css";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    {/* Colours come from the style sheet: the page's policy lets no script write style elements. */}
    <MantineProvider defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <Notifications position="bottom-right" autoClose={5000} />
      <App />
    </MantineProvider>
  </StrictMode>,
);
