import { type InvalidateOptions, type InvalidateQueryFilters, MutationCache, QueryCache, QueryClient, type Query, type QueryKey } from "@tanstack/react-query";
import { readRefusal } from "./problem";

const FRESH_MILLISECONDS = 5_000;
const MAX_RETRIES = 2;
/** Repeating these cannot help. */
const FINAL_KINDS = new Set(["unauthenticated", "forbidden", "proof_needed", "not_found", "invalid_input", "link_invalid"]);

export function makeQueryClient(onSignedOut: () => void, onProofNeeded?: () => void): QueryClient {
  const onError = (error: unknown) => {
    if (readRefusal(error).kind === "unauthenticated") onSignedOut();
  };
  return new ChangedQueryClient({
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

/** The library takes a first answer that is under way for the answer to what has changed since it was asked. */
class ChangedQueryClient extends QueryClient {
  override async invalidateQueries<Key extends QueryKey = QueryKey>(filters?: InvalidateQueryFilters<Key>, options?: InvalidateOptions): Promise<void> {
    const isFirst = (query: Query) => query.isActive() && query.state.data === undefined && query.state.fetchStatus === "fetching";
    const asked = this.getQueryCache().findAll(filters as InvalidateQueryFilters).filter(isFirst);
    if (filters?.refetchType !== "none") await Promise.all(asked.map((query) => query.cancel({ silent: true, revert: true })));
    return super.invalidateQueries(filters, options);
  }
}

/** When asking again fails, what was answered before stands: a page is not taken away from who works with it. See `OutdatedNotice`, and `AdminGate`, which hides it until there is a proof. */
function keepAnswer(error: Error, query: Query<unknown, unknown>): void {
  const { kind } = readRefusal(error);
  if (query.state.data === undefined || (kind !== "proof_needed" && FINAL_KINDS.has(kind))) return;
  query.setState({ status: "success", error: null, isInvalidated: true });
}
