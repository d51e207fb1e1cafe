"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "@/components/data/trpc";
import { useProve } from "./proof";

/** A call about the own account: asks for a proof if the server wants one, then shows what changed. */
export function useProvenMutation<Input, Answer>(call: (input: Input) => Promise<Answer>, onSuccess?: (answer: Answer) => void) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const prove = useProve();
  return useMutation({
    mutationFn: (input: Input) => prove(() => call(input)),
    onSuccess: async (answer) => {
      await queryClient.invalidateQueries({ queryKey: trpc.account.pathKey() });
      onSuccess?.(answer);
    },
  });
}
