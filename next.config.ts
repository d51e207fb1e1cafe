import type { NextConfig } from "next";

const config: NextConfig = {
  output: "standalone",
  outputFileTracingRoot: import.meta.dirname,
  poweredByHeader: false,
  reactStrictMode: true,
  // `npm run check` covers types; the first start should not repeat it.
  typescript: { ignoreBuildErrors: true },
  outputFileTracingIncludes: { "/**": ["./examples/**", "./server/sandbox/**/*.{js,mjs}"] },
  outputFileTracingExcludes: { "/**": ["./.data/**", "./.git/**", "./bench/**", "./e2e/**", "./test-results/**"] },
  serverExternalPackages: ["pg", "@prisma/client", "@prisma/adapter-pg", "quickjs-emscripten-core", "re2js", "pino", "undici"],
};

export default config;
