"use client";

import { useMemo } from "react";
import { LazyCanvas } from "@/components/canvas/lazy-canvas";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "@/components/ui/tabs";
import { printDraft } from "@/components/workflows/draft-text";
import { ChangeList } from "./change-list";
import { drawDiff } from "./diff-canvas";
import { diffDefinitions, normalize } from "./diff-definitions";
import { LazyJsonDiff } from "./lazy-json-diff";

export interface ComparisonProps {
  before: Record<string, unknown>;
  after: Record<string, unknown>;
  selected: string | null;
  onSelect: (nodeId: string | null) => void;
}

/** Two definitions as one drawing with a list of changes, and as JSON. */
export function Comparison({ before, after, selected, onSelect }: ComparisonProps) {
  const diff = useMemo(() => diffDefinitions(before, after), [before, after]);
  const drawing = useMemo(() => (diff === null ? null : drawDiff(before, after, diff)), [before, after, diff]);
  const texts = useMemo(() => ({ before: printDraft(normalize(before) ?? before), after: printDraft(normalize(after) ?? after) }), [before, after]);
  const jsonDiff = <LazyJsonDiff before={texts.before} after={texts.after} label="Difference as JSON" />;
  if (diff === null || drawing === null) return <div className="min-h-0 flex-1 rounded-lg border">{jsonDiff}</div>;
  return (
    <Tabs defaultValue="canvas" className="flex min-h-0 flex-1 flex-col">
      <TabsList aria-label="Views of the difference">
        <TabsTrigger value="canvas">Canvas</TabsTrigger>
        <TabsTrigger value="json">JSON</TabsTrigger>
      </TabsList>
      <TabsContent value="canvas" className="flex min-h-0 flex-1 flex-col gap-3 pt-3 lg:flex-row">
        <div className="min-h-56 min-w-0 flex-1 overflow-hidden rounded-lg border">
          <LazyCanvas document={drawing.document} marks={drawing.marks} selected={selected} onSelect={onSelect} label="Canvas of the difference" />
        </div>
        <div className="max-h-[40dvh] shrink-0 overflow-y-auto rounded-lg border lg:max-h-none lg:w-96">
          <ChangeList diff={diff} selected={selected} onSelect={onSelect} />
        </div>
      </TabsContent>
      <TabsContent value="json" className="min-h-0 flex-1 pt-3">
        <div className="h-full overflow-hidden rounded-lg border">{jsonDiff}</div>
      </TabsContent>
    </Tabs>
  );
}
