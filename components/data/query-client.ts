import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { readRefusal } from "./problem";

const FRESH_MILLISECONDS = 5_000;
const MAX_RETRIES = 2;
/** Repeating these cannot help. */
const FINAL_KINDS = new Set(["unauthenticated", "forbidden", "proof_needed", "not_found", "invalid_input", "link_invalid"]);

export function makeQueryClient(onSignedOut: () => void): QueryClient {
  const onError = (error: unknown) => {
    if (readRefusal(error).kind === "unauthenticated") onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: FRESH_MILLISECONDS,
        retry: (failures, error) => failures < MAX_RETRIES && !FINAL_KINDS.has(readRefusal(error).kind),
      },
    },
  });
}
