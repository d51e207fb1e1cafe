"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "@/components/data/trpc";

/** After a change of one kind of program the others may look different too. */
export function useRefreshPrograms(): () => Promise<void> {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  return async () => {
    await Promise.all([trpc.programs.pathKey(), trpc.tokens.pathKey()].map((queryKey) => queryClient.invalidateQueries({ queryKey })));
  };
}
