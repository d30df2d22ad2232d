import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The server under `npm run dev`; the built page is served by Plenum itself. */
const server = process.env.PLENUM_URL ?? "http://127.0.0.1:7880";

/** Vite reads the default export; it is the only one here. */
export default defineConfig({
  base: "./",
  plugins: [react()],
  build: {
    target: "es2022",
    sourcemap: false,
    // The policy allows no data: URLs of fonts and scripts; files are cached for ever anyway.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { "/v2": server, "/twirp": server, "/media": server } },
});
