import { httpBatchLink, httpLink, splitLink, type TRPCLink } from "@trpc/client";
import { MAX_BATCH } from "@/server/trpc/constants";
import type { AppRouter } from "@/server/trpc/root";

/** Servers and what stands before them refuse longer addresses. */
const MAX_URL_CHARACTERS = 4_000;
/** Of one question, with what it asks about: longer ones are sent as a body. */
const MAX_QUESTION_CHARACTERS = 2_000;

interface CallOptions {
  url: string;
  headers: Record<string, string>;
  fetch?: (url: URL | RequestInfo, init?: RequestInit) => Promise<Response>;
}

/** Context of a call that is to arrive although the page that makes it ends: it goes at once, alone, and the browser sees it through. */
export const OUTLIVING = { outlivesPage: true } as const;

/** How calls go to the server: several in one request. */
export function callLinks(options: CallOptions): TRPCLink<AppRouter>[] {
  const common = { ...options, maxItems: MAX_BATCH };
  return [
    splitLink({
      condition: ({ context }) => context.outlivesPage === true,
      true: httpLink<AppRouter>({ ...options, fetch: (url, init) => (options.fetch ?? fetch)(url, { ...(init as RequestInit), keepalive: true }) }),
      false: splitLink({
        condition: ({ type, input }) => type === "query" && encodeURIComponent(JSON.stringify(input) ?? "").length > MAX_QUESTION_CHARACTERS,
        true: httpBatchLink<AppRouter>({ ...common, methodOverride: "POST" }),
        false: httpBatchLink<AppRouter>({ ...common, maxURLLength: MAX_URL_CHARACTERS }),
      }),
    }),
  ];
}
