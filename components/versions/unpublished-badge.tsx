"use client";

import { skipToken, useQuery } from "@tanstack/react-query";
import { GitCompare } from "lucide-react";
import { useDeferredValue, useMemo, useState } from "react";
import { useTRPC } from "@/components/data/trpc";
import { Button } from "@/components/ui/button";
import type { WorkflowDetail } from "@/server/workflows/contract";
import { CompareDialog, DRAFT } from "./compare-dialog";
import { countChanges, diffDefinitions } from "./diff-definitions";

/** How the draft differs from what runs use, and what exactly. */
export function UnpublishedBadge({ workflow, draft, isChanged }: { workflow: WorkflowDetail; draft: Record<string, unknown>; isChanged: boolean }) {
  const trpc = useTRPC();
  const versionId = workflow.baseVersionId ?? undefined;
  const published = useQuery(trpc.workflows.version.queryOptions(versionId !== undefined && isChanged ? { versionId } : skipToken));
  const [isOpen, setIsOpen] = useState(false);
  // Both are read whole: not before what is typed is shown.
  const compared = useDeferredValue(draft);
  const diff = useMemo(() => (published.data === undefined ? null : diffDefinitions(published.data.definition, compared)), [published.data, compared]);
  if (versionId === undefined || !isChanged || (diff !== null && countChanges(diff) === 0)) return null;
  const count = diff === null ? null : countChanges(diff);
  const label = count === null ? "Unpublished changes" : count === 1 ? "1 unpublished change" : `${count} unpublished changes`;
  return (
    <>
      <Button size="sm" variant="ghost" onClick={() => setIsOpen(true)} title="What is different from the published version">
        <GitCompare aria-hidden />
        {diff?.isLayoutOnly ? "Only moved since publishing" : label}
      </Button>
      {isOpen ? <CompareDialog versions={workflow.versions} draft={draft} first={versionId} second={DRAFT} close={() => setIsOpen(false)} /> : null}
    </>
  );
}
