import react from "@vitejs/plugin-react";
import { defineConfig, loadEnv } from "vite";

const file = (path: string) => new URL(path, import.meta.url).pathname;

export default defineConfig(({ mode }) => {
  // The server under `npm run dev`; the built page is served by Plenum itself.
  const server = loadEnv(mode, ".", "PLENUM_").PLENUM_URL ?? "http://127.0.0.1:7880";
  return {
    base: "./",
    plugins: [react()],
    resolve: {
      // Screenshots are of a meeting in which nothing happens.
      alias: mode === "preview" ? { "@plenum/react-sdk": file("./preview/react_sdk.tsx") } : {},
    },
    build: {
      target: "es2022",
      sourcemap: false,
      manifest: "manifest.json",
      chunkSizeWarningLimit: 1200,
    },
    server: { proxy: { "/dev": server, "/v2": server, "/rtc": { target: server, ws: true } } },
  };
});
