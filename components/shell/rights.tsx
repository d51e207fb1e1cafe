"use client";

import { useQueries, type UseQueryResult } from "@tanstack/react-query";
import { createContext, useContext, useMemo, useState, type ReactNode } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { questionsFor } from "./rights-questions";
import { useWorkspace } from "./workspace-context";

interface Right {
  permissions: readonly string[];
  isLocked: boolean;
}

interface Answers {
  rights: ReadonlyMap<string, Right>;
  isPending: boolean;
  /** Of some places nothing may be known yet. */
  isAsking: boolean;
  error: unknown;
  retry: () => void;
}

const nothingAsked: Answers = { rights: new Map(), isPending: false, isAsking: false, error: null, retry: () => undefined };
const RightsContext = createContext(nothingAsked);

export interface RightsProviderProps {
  workflowIds?: readonly string[];
  folderIds?: readonly string[];
  /** Shown until the answer is there; without it nothing is offered so long. */
  meanwhile?: ReactNode;
  children: ReactNode;
}

/** Knows what the person may do to some workflows and folders. Asks only where that differs from one to the other. */
export function RightsProvider({ workflowIds = [], folderIds = [], meanwhile, children }: RightsProviderProps) {
  const trpc = useTRPC();
  const { isDivided } = useWorkspace().current;
  const outer = useContext(RightsContext);
  const questions = isDivided ? questionsFor(workflowIds, folderIds) : [];
  const asked = useQueries({ queries: questions.map((question) => trpc.access.rights.queryOptions(question)), combine: together });
  const { error, retry } = asked;
  // Another list is another question: what was answered before stands until its answer is there.
  const [known, setKnown] = useState<typeof asked.data | null>(null);
  if (!asked.isPending && known !== asked.data) setKnown(asked.data);
  const data = asked.isPending && known !== null ? known : asked.data;
  const isPending = asked.isPending && known === null;
  const isAsking = asked.isPending;
  const answers = useMemo(() => ({ rights: new Map([...outer.rights, ...data.map(({ id, ...right }) => [id, right] as const)]), isPending, isAsking, error, retry }), [outer, data, isPending, isAsking, error, retry]);
  if (meanwhile !== undefined && isPending) return meanwhile;
  return <RightsContext value={answers}>{children}</RightsContext>;
}

function together(answers: readonly UseQueryResult<readonly (Right & { id: string })[], unknown>[]) {
  return {
    data: answers.flatMap(({ data }) => data ?? []),
    isPending: answers.some((answer) => answer.isPending),
    error: answers.find((answer) => answer.isError)?.error ?? null,
    retry: () => answers.forEach((answer) => void (answer.isError ? answer.refetch() : null)),
  };
}

/** Whether what was asked is known. */
export function useRightsAsked(): Pick<Answers, "isPending" | "isAsking" | "error" | "retry"> {
  return useContext(RightsContext);
}

/** Says why actions are missing. */
export function RightsProblem({ what, retry }: { what: string; retry?: () => unknown }) {
  const answers = useRightsAsked();
  if (answers.error === null) return null;
  const again = () => {
    // One of them may be gone, and a list without it asks anew.
    retry?.();
    answers.retry();
  };
  return (
    <Alert tone="warning" title={`What you may do to these ${what} could not be asked, so actions are missing`}>
      <span className="flex flex-wrap items-center gap-2">{readRefusal(answers.error).message} <Button size="sm" onClick={again}>Try again</Button></span>
    </Alert>
  );
}

/** Whether to offer an action on one workflow or in one folder; null: on what belongs to none. The server decides again. */
export function useMayIn(placeId: string | null | undefined, permission: string): boolean {
  return useAllMay([placeId], permission);
}

/** The same on each of several. */
export function useAllMay(placeIds: readonly (string | null | undefined)[], permission: string): boolean {
  const { permissions, everywhere, isDivided } = useWorkspace().current;
  const { rights } = useContext(RightsContext);
  if (!isDivided) return permissions.includes(permission);
  return placeIds.every((id) => (id == null ? everywhere.includes(permission) : rights.get(id)?.permissions.includes(permission) === true));
}

/** The same for places that are known only later. */
export function useRightIn(permission: string): (placeId: string) => boolean {
  const { permissions, isDivided } = useWorkspace().current;
  const { rights } = useContext(RightsContext);
  return (id) => (isDivided ? rights.get(id)?.permissions.includes(permission) === true : permissions.includes(permission));
}

/** Whether a protection rule keeps the person from changing it. */
export function useIsLocked(placeId: string): boolean {
  return useContext(RightsContext).rights.get(placeId)?.isLocked === true;
}
