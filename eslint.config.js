// What `make lint` asks of JavaScript: the rules that ESLint recommends, for what runs in a browser and what runs in Node.
import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["build*/", "dist/", "node_modules/"] },
  js.configs.recommended,
  { files: ["assets/js/**/*.js", "examples/**/*.js"], languageOptions: { globals: globals.browser } },
  { files: ["**/*.mjs"], languageOptions: { globals: { ...globals.node, ...globals.browser } } },
];
