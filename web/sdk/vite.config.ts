import { defineConfig } from "vite";

/** The library for bundlers; `vite build --mode cdn` makes the one file for `<script>`, with livekit-client in it. */
export default defineConfig(({ mode }) =>
  mode === "cdn"
    ? {
        build: {
          emptyOutDir: false,
          target: "es2022",
          lib: {
            entry: "src/global.ts",
            formats: ["iife"],
            name: "plenum",
            fileName: () => "plenum.global.js",
          },
        },
      }
    : {
        build: {
          target: "es2022",
          minify: false,
          lib: {
            entry: "src/index.ts",
            formats: ["es", "cjs"],
            fileName: (format) => (format === "es" ? "index.js" : "index.cjs"),
          },
          rollupOptions: { external: ["livekit-client"] },
        },
      },
);
