// Which part of the house a file belongs to, and which parts it may import. Files decide by their path alone.

/** First match wins; `*` stands for one folder or file name, `**` for any number of them. */
const PLACES = [
  ["tests", "**/*.test.{ts,tsx}", "**/*.{property,conformance}.ts", "**/testing/**", "e2e/**", "bench/**", "prisma/seed/**"],
  ["configuration", "*.{ts,mjs}", "eslint/**", "prisma/schema-engine/**"],
  ["generated", "prisma/generated/**"],
  ["app", "app/**"],
  ["components", "components/**"],
  ["engine", "server/engine/**"],
  ["expressions", "server/expressions/**"],
  ["schema", "server/schema/**"],
  ["node specs", "server/nodes/*.ts", "server/nodes/**/spec.ts", "server/triggers/kind.ts", "server/triggers/kinds.ts", "server/triggers/remote-fields.ts", "server/triggers/kinds/*/spec.ts", "server/triggers/kinds/schedule/{timing,wall-clock,zone}.ts", "server/triggers/kinds/route/{path,coerce-texts}.ts"],
  ["nodes", "server/nodes/**"],
  ["env", "server/env.ts"],
  ["env", "server/dot-env.ts"],
  ["contract", "server/*/contract.ts", "server/*/constants.ts", "server/auth/{permissions,email-address}.ts"],
  ["router", "server/*/router.ts"],
  ["service", "server/*/service.ts"],
  ["queries", "server/*/queries.ts"],
  ["errors", "server/errors/**"],
  ["db", "server/db/**"],
  ["auth", "server/auth/**"],
  ["postgres", "server/postgres/**"],
  ["queue", "server/queue/**"],
  ["sandbox", "server/sandbox/**"],
  ["http", "server/http/**"],
  ["llm", "server/llm/**"],
  ["worker", "server/worker/**"],
  ["scheduler", "server/scheduler/**"],
  ["live", "server/live/**"],
  ["ingress", "server/ingress/**"],
  ["trpc", "server/trpc/**"],
  ["rest", "server/rest/**"],
  ["cli", "server/cli/**"],
  ["supervisor", "server/supervisor/**"],
  ["module", "server/**"],
];

/** Named exceptions to the table of places: files of `server/nodes` that run things instead of describing them. */
const NODE_RUNTIME = ["server/nodes/registry.ts", "server/nodes/runner.ts", "server/nodes/services.ts", "server/nodes/results.ts", "server/nodes/trigger-runner.ts"];

const PURE = ["engine", "expressions", "schema", "node specs", "contract"];
const PLATFORM = ["env", "errors", "db", "auth"];
const DOMAIN = ["service", "module"];
const RUNNING = ["nodes", "sandbox", "http", "llm"];

/** A room may import itself and what stands here. Tests and configuration may import everything. */
export const DIRECTION = {
  app: ["components", "service", "trpc", "rest", "ingress", "live", "auth", "errors", "env", "scheduler", ...PURE],
  components: PURE,
  engine: [],
  expressions: ["engine"],
  schema: ["engine", "expressions"],
  "node specs": ["engine", "expressions", "schema"],
  contract: ["engine", "expressions", "schema", "node specs"],
  nodes: ["env", "errors", "node specs", "engine", "expressions", "schema", "sandbox", "http", "llm"],
  env: [],
  errors: ["contract"],
  db: [...PLATFORM, ...PURE, "generated"],
  auth: [...PLATFORM, ...PURE, ...DOMAIN, "queries", "generated"],
  router: ["service", "trpc", "auth", "errors", ...PURE],
  service: [...PLATFORM, ...PURE, ...RUNNING, ...DOMAIN, "queries", "queue", "generated"],
  module: [...PLATFORM, ...PURE, ...RUNNING, ...DOMAIN, "queries", "queue", "generated"],
  queries: [...PLATFORM, ...PURE, "module", "generated"],
  postgres: ["env"],
  queue: [...PLATFORM, ...PURE],
  sandbox: ["env", "errors", "engine", "expressions", "schema"],
  http: ["env", "errors", "expressions", "schema"],
  llm: ["env", "errors", "http", "engine", "expressions", "schema", "contract"],
  worker: [...PLATFORM, ...PURE, ...RUNNING, "service", "queue"],
  scheduler: [...PLATFORM, ...PURE, "service", "queue", "worker"],
  live: [...PLATFORM, ...PURE, "service", "queue"],
  trpc: [...PLATFORM, ...PURE, "router", "service"],
  rest: [...PLATFORM, ...PURE, "service", "live"],
  ingress: [...PLATFORM, ...PURE, "service", "live", "rest", "http"],
  cli: [...PLATFORM, ...PURE, ...RUNNING, "service", "live", "queue", "worker", "postgres", "supervisor", "scheduler"],
  supervisor: [...PLATFORM, "service", "postgres"],
};

/** Imports of one file that the table alone would refuse. */
export const EXCEPTIONS = [
  { from: "**", to: "server/testing/crash-points.ts", because: "a crash point does nothing outside of tests" },
  { from: "server/cli/**", to: "server/examples/serve.ts", because: "a run without a server needs the sample pages" },
  { from: "components/**", to: "server/trpc/root.ts", onlyTypes: true, because: "the client is typed by the AppRouter" },
];

/**
 * Database access that no scope limits. Everything here runs before there is a scope, for the installation itself, or
 * for a run that a worker holds; a new line wants that reason. All others use the client of their Scope.
 */
export const LOCKED = [
  {
    file: "server/db/client.ts",
    for: [
      "server/{db,auth,queue,worker,scheduler,live,cli,supervisor,blobs,audit,audit-chain,workers,triggers,facts,alerts,telemetry,admin,announcements}/**",
      "server/rest/health.ts",
      "server/{secrets,tokens}/{queries,service,data-keys,resolve}.ts",
      "server/key-rotation/{data-keys,progress,reseal,rewrap,service}.ts",
      "server/tokens/{holder,verify}.ts",
      "server/foreign-tokens/**",
      "server/programs/token-endpoint.ts",
      "server/waits/links.ts",
      "server/sso/{attempts,admit,answers,domains,finish-saml,handle,recheck-domains,tell,trial,watch-certificates}.ts",
      "server/scim/{token,accounts}.ts",
      "server/shares/view-share.ts",
      "server/organizations/{organization,workspaces,ending}.ts",
      "server/invitations/{accept,find,standing}.ts",
      "server/retention/{lease,remove-belongings,remove-events,remove-runs,round,runtime,thin-runs}.ts",
      "server/catalog/service.ts",
      "server/bulk-jobs/lease.ts",
      "server/usage/{collect,judge,view}.ts",
      "server/audit-log/{export,list}.ts",
      "server/audit-streams/{events,keeping,stream-rows}.ts",
    ],
  },
  { file: "server/db/scoped.ts", for: ["server/auth/{scope,organization-scope}.ts", "server/db/**"] },
];

/** Files of a domain module that other modules must not import: modules meet through a service or a contract. */
export const PRIVATE_ROOMS = ["module", "queries"];

/** npm packages and Node modules that a pure room may use; nothing else. */
export const PACKAGES = {
  engine: ["zod"],
  expressions: ["zod", "acorn"],
  schema: ["zod", "re2js"],
  "node specs": ["zod", "croner"],
  contract: ["zod"],
};

export function globToRegExp(glob) {
  const source = glob
    .replace(/[.+^$()|[\]\\]/g, "\\$&")
    .replace(/\{([^}]*)\}/g, (_, choices) => `(?:${choices.replaceAll(",", "|")})`)
    .replace(/\*\*\/|\*\*|\*/g, (wild) => ({ "**/": "(?:.*/)?", "**": ".*", "*": "[^/]*" })[wild]);
  return new RegExp(`^${source}$`);
}

const COMPILED = PLACES.map(([room, ...globs]) => ({ room, patterns: globs.map(globToRegExp) }));

export function roomOf(file) {
  if (NODE_RUNTIME.includes(file)) return "nodes";
  return COMPILED.find(({ patterns }) => patterns.some((pattern) => pattern.test(file)))?.room;
}

/** The folder that is one domain module: `server/<module>`. */
export function moduleOf(file) {
  return file.split("/").slice(0, 2).join("/");
}
