"use client";

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTRPC } from "@/components/data/trpc";
import { heldSteps, NOTHING_HELD, type HeldSteps } from "./held-steps";
import type { RunModel } from "./run-model";

/** Nobody sends word of a step that has not begun. */
const REFRESH_MILLISECONDS = 3_000;

export function useHeldSteps(model: RunModel): HeldSteps {
  const trpc = useTRPC();
  const { id: runId, status } = model.run;
  const isRunning = status === "running";
  const places = useQuery({ ...trpc.limits.steps.queryOptions({ runId }), enabled: isRunning, refetchInterval: REFRESH_MILLISECONDS });
  return useMemo(() => (isRunning ? heldSteps(model, places.data ?? []) : NOTHING_HELD), [isRunning, model, places.data]);
}
