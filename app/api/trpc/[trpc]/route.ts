import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { contextOfRequest } from "@/server/trpc/context";
import { limitBody } from "@/server/rest/body";
import { reportUnexpected } from "@/server/rest/report";
import { MAX_BATCH } from "@/server/trpc/constants";
import { appRouter } from "@/server/trpc/root";

async function handle(request: Request): Promise<Response> {
  const limited = await limitBody(request);
  if (limited instanceof Response) return limited;
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    req: limited,
    router: appRouter,
    createContext: ({ resHeaders }) => contextOfRequest(limited, resHeaders),
    allowMethodOverride: true,
    maxBatchSize: MAX_BATCH,
    onError: ({ error, path, ctx }) => {
      if (error.code === "INTERNAL_SERVER_ERROR") reportUnexpected(error.cause ?? error, `tRPC ${path ?? ""}`, ctx?.origin ?? { requestId: null });
    },
  });
}

export { handle as GET, handle as POST };
