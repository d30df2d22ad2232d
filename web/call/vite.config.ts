import { defineConfig, loadEnv } from "vite";

/* Vite reads the default export; it is the only one in this project. */
export default defineConfig(({ mode }) => {
  // The server under `npm run dev`; the built page is served by Plenum itself.
  const server = loadEnv(mode, ".", "PLENUM_")["PLENUM_URL"] ?? "http://127.0.0.1:7880";
  return {
    base: "./",
    build: { target: "es2022", sourcemap: false, chunkSizeWarningLimit: 800 },
    server: { proxy: { "/dev": server, "/rtc": { target: server, ws: true } } },
  };
});
