import { MutationCache, QueryCache, QueryClient, type Query } from "@tanstack/react-query";
import { readRefusal } from "./problem";

const FRESH_MILLISECONDS = 5_000;
const MAX_RETRIES = 2;
/** Repeating these cannot help. */
const FINAL_KINDS = new Set(["unauthenticated", "forbidden", "proof_needed", "not_found", "invalid_input", "link_invalid"]);

export function makeQueryClient(onSignedOut: () => void, onProofNeeded?: () => void): QueryClient {
  const onError = (error: unknown) => {
    if (readRefusal(error).kind === "unauthenticated") onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        onError(error);
        if (readRefusal(error).kind === "proof_needed") onProofNeeded?.();
        keepAnswer(error, query);
      },
    }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: FRESH_MILLISECONDS,
        retry: (failures, error) => failures < MAX_RETRIES && !FINAL_KINDS.has(readRefusal(error).kind),
        // The server may be on this machine, or in a network that leads nowhere else.
        networkMode: "always",
        refetchOnReconnect: true,
      },
      // What was pressed while offline is refused at once: nothing is carried out later, when nobody looks.
      mutations: { networkMode: "always" },
    },
  });
}

/** When asking again fails, what was answered before stands: a page is not taken away from who works with it. See `OutdatedNotice`, and `AdminGate`, which hides it until there is a proof. */
function keepAnswer(error: Error, query: Query<unknown, unknown>): void {
  const { kind } = readRefusal(error);
  if (query.state.data === undefined || (kind !== "proof_needed" && FINAL_KINDS.has(kind))) return;
  query.setState({ status: "success", error: null, isInvalidated: true });
}
