import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const shared = {
  environment: "jsdom",
  include: ["test/**/*.test.{ts,tsx}"],
  setupFiles: ["test/setup.ts"],
};

/** The same tests with both versions of React. */
export default defineConfig({
  test: {
    projects: [
      { test: { ...shared, name: "react 19", env: { REACT: "19" } } },
      {
        test: {
          ...shared,
          name: "react 18",
          env: { REACT: "18" },
          // Seen by the aliases only when it is not left to Node.
          server: { deps: { inline: [/@testing-library\/react/] } },
        },
        resolve: {
          alias: [
            { find: /^react$/, replacement: at("../react18/node_modules/react/index.js") },
            {
              find: /^react\/(jsx-(?:dev-)?runtime)$/,
              replacement: at("../react18/node_modules/react/$1.js"),
            },
            {
              find: /^react-dom\/(client|server|test-utils)$/,
              replacement: at("../react18/node_modules/react-dom/$1.js"),
            },
            { find: /^react-dom$/, replacement: at("../react18/node_modules/react-dom/index.js") },
            {
              find: /^@testing-library\/react$/,
              replacement: at(
                "../node_modules/@testing-library/react/dist/@testing-library/react.esm.js",
              ),
            },
          ],
        },
      },
    ],
  },
});
