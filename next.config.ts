import type { NextConfig } from "next";

const config: NextConfig = {
  output: "standalone",
  outputFileTracingRoot: import.meta.dirname,
  poweredByHeader: false,
  reactStrictMode: true,
  // `npm run check` covers types; the first start should not repeat it.
  typescript: { ignoreBuildErrors: true },
  rewrites: () => Promise.resolve([{ source: "/.well-known/oauth-authorization-server", destination: "/api/oauth/metadata" }]),
  outputFileTracingIncludes: {
    "/**": [
      "./examples/**",
      // The sandbox's thread is started by path, so tracing does not see what it imports.
      "./server/sandbox/**/*.{js,mjs}",
      "./node_modules/quickjs-emscripten-core/**",
      "./node_modules/@jitl/quickjs-ffi-types/**",
      "./node_modules/@jitl/quickjs-wasmfile-release-sync/**",
    ],
  },
  outputFileTracingExcludes: { "/**": ["./.data/**", "./.git/**", "./bench/**", "./e2e/**", "./test-results/**"] },
  serverExternalPackages: ["pg", "@prisma/client", "@prisma/adapter-pg", "quickjs-emscripten-core", "re2js", "pino", "undici", "smtp-server", "mailparser", "mailauth", "pg-logical-replication", "@aws-sdk/client-sqs", "@google-cloud/pubsub", "prom-client", "@opentelemetry/api", "@opentelemetry/resources", "@opentelemetry/sdk-trace-node", "@opentelemetry/exporter-trace-otlp-http"],
};

export default config;
