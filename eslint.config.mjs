import next from "eslint-config-next/core-web-vitals";
import tseslint from "typescript-eslint";
import { direction } from "./eslint/direction.mjs";
import { noCycles } from "./eslint/no-cycles.mjs";

const tests = ["**/*.test.{ts,tsx}", "**/testing/**", "e2e/**"];
const mayReadProcessEnvironment = [
  "server/env.ts",
  "proxy.ts",
  "instrumentation.ts",
  "server/supervisor/**",
  "server/postgres/**",
  "server/testing/**",
  "server/cli/command.ts",
  "prisma/seed/main.ts",
  "*.config.{ts,mjs}",
  "prisma/schema-engine/**",
  "bench/**",
  ...tests,
];

const processEnvironment = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: "Read the environment through server/env.ts.",
};

const hastyWait = {
  selector: "CallExpression[callee.object.name='vi'][callee.property.name='waitFor'][arguments.length=1]",
  message: "It gives up after one second, which is short on a busy machine: use expect.poll, or say how long.",
};

const config = [
  { ignores: [".next/**", ".data/**", "prisma/generated/**", "next-env.d.ts", "test-results/**", "**/node_modules/**", "eslint/fixtures/**"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  ...next,
  ...tseslint.configs.strict,
  {
    plugins: { millrace: { rules: { direction, "no-cycles": noCycles } } },
    rules: {
      "millrace/direction": "error",
      "millrace/no-cycles": "error",
      "no-restricted-syntax": ["error", processEnvironment],
      "max-lines": ["error", { max: 400 }],
      eqeqeq: ["error", "always", { null: "ignore" }],
      // There is no pages folder; without it the rule only prints a warning.
      "@next/next/no-html-link-for-pages": "off",
    },
  },
  {
    files: ["**/*.{ts,tsx}"],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/ban-ts-comment": "error",
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      // With noUncheckedIndexedAccess, `!` is the plain way to say what the loop bounds prove.
      "@typescript-eslint/no-non-null-assertion": "off",
      // The engine keeps its state as plain JSON, whose keys come and go.
      "@typescript-eslint/no-dynamic-delete": "off",
      // `void` as a type argument is how a mutation without a result is typed.
      "@typescript-eslint/no-invalid-void-type": "off",
    },
  },
  {
    files: ["app/**", "components/**"],
    ignores: ["components/ui/**"],
    rules: { "no-restricted-imports": ["error", { paths: [{ name: "sonner", message: "Use components/ui/toast.ts, which loads it with the first toast." }] }] },
  },
  { files: mayReadProcessEnvironment, rules: { "no-restricted-syntax": "off" } },
  { files: tests, rules: { "no-restricted-syntax": ["error", hastyWait] } },
];

export default config;
