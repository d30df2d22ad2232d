import { defineConfig } from "vite";

export default defineConfig({
  build: {
    target: "es2022",
    minify: false,
    lib: {
      entry: "src/index.ts",
      formats: ["es", "cjs"],
      fileName: (format) => (format === "es" ? "index.js" : "index.cjs"),
    },
    rollupOptions: {
      external: ["react", "react/jsx-runtime", "@plenum/js-sdk"],
      // Frameworks with server components must know that this runs in the browser.
      output: { banner: '"use client";' },
    },
  },
});
