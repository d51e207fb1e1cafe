"use client";

import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { Blocks, Folder, Tag, Workflow } from "lucide-react";
import type { ReactNode } from "react";
import { type RouterOutputs, useTRPCClient } from "@/components/data/trpc";
import { Badge } from "@/components/ui/badge";
import { Skeleton } from "@/components/ui/skeleton";
import { ProblemIcon } from "./problems-panel";

type Preview = RouterOutputs["transfer"]["preview"];
type Entry = Preview["entries"][number];

const SHOWN_PROBLEMS = 5;

/** What an import of the text would make. Asked by a mutation, because files are too long for an address. */
export function useImportPreview(text: string): UseQueryResult<Preview, Error> {
  const client = useTRPCClient();
  return useQuery({
    queryKey: ["import-preview", text],
    queryFn: ({ signal }) => client.transfer.preview.mutate({ text }, { signal }),
    enabled: text.trim() !== "",
    retry: false,
    gcTime: 0,
    placeholderData: (previous) => previous,
  });
}

export function ImportPreview({ preview }: { preview: UseQueryResult<Preview, Error> }) {
  if (preview.isError) return null;
  if (!preview.isSuccess) return <Skeleton className="h-16" />;
  const { entries, blocks } = preview.data;
  return (
    <section aria-label="What will be made" className="flex flex-col gap-2">
      <h3 className="text-xs font-medium text-muted-foreground">What will be made</h3>
      <ul className="max-h-72 divide-y overflow-y-auto rounded-lg border bg-card">
        {entries.map((entry) => (
          <Row key={entry.slug} icon={<Workflow className="size-4" aria-hidden />} name={entry.name} badges={<>{entry.renamedFrom === null ? null : <Renamed from={entry.renamedFrom} to={entry.slug} />}</>} problems={entry.problems}>
            <span>{entry.steps === 1 ? "1 step" : `${entry.steps} steps`}</span>
            {entry.folder.length > 0 ? <span className="flex items-center gap-1"><Folder className="size-3" aria-hidden />{entry.folder.join(" / ")}</span> : null}
            {entry.tags.length > 0 ? <span className="flex items-center gap-1"><Tag className="size-3" aria-hidden />{entry.tags.join(", ")}</span> : null}
            <Missing missing={entry.missing} />
          </Row>
        ))}
        {blocks.map((block) => (
          <Row
            key={`block ${block.slug}`}
            icon={<Blocks className="size-4" aria-hidden />}
            name={block.name}
            badges={block.present ? <Badge>Already here</Badge> : block.renamedFrom === null ? <Badge tone="accent">New block</Badge> : <Renamed from={block.renamedFrom} to={block.slug} />}
            problems={block.present ? [] : block.problems}
          >
            <span>Block, {block.versions === 1 ? "1 version" : `${block.versions} versions`}</span>
          </Row>
        ))}
      </ul>
    </section>
  );
}

function Renamed({ from, to }: { from: string; to: string }) {
  return <Badge tone="warning" className="max-w-full whitespace-normal">{from} is taken: it becomes {to}</Badge>;
}

function Missing({ missing }: { missing: Entry["missing"] }) {
  if (missing.length === 0) return null;
  return (
    <span className="text-warning">
      Not in this workspace:{" "}
      {missing.map(({ type, name, nodeIds }, index) => (
        <span key={`${type} ${name}`} title={`Used by ${nodeIds.join(", ")}`}>
          {index > 0 ? ", " : ""}{type} <code className="font-mono">{name}</code>
        </span>
      ))}
    </span>
  );
}

function Row({ icon, name, badges, problems, children }: { icon: ReactNode; name: string; badges: ReactNode; problems: Entry["problems"]; children: ReactNode }) {
  return (
    <li className="flex gap-2.5 px-3 py-2.5">
      <span className="mt-0.5 text-muted-foreground">{icon}</span>
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <div className="flex flex-wrap items-center gap-2">
          <span className="text-sm font-medium break-words">{name}</span>
          {badges}
        </div>
        <p className="flex flex-wrap gap-x-3 gap-y-1 text-xs text-muted-foreground">{children}</p>
        {problems.length > 0 ? (
          <ul className="flex flex-col gap-1 text-xs">
            {problems.slice(0, SHOWN_PROBLEMS).map((problem, index) => (
              <li key={index} className="flex gap-1.5">
                <ProblemIcon severity={problem.severity} />
                <span className="min-w-0 break-words">
                  Line {problem.line}{problem.nodeId === undefined ? "" : ", "}{problem.nodeId === undefined ? null : <code className="font-mono">{problem.nodeId}</code>}: {problem.message}
                  <span className="text-muted-foreground"> ({problem.path || "/"})</span>
                </span>
              </li>
            ))}
            {problems.length > SHOWN_PROBLEMS ? <li className="text-muted-foreground">and {problems.length - SHOWN_PROBLEMS} more</li> : null}
          </ul>
        ) : null}
      </div>
    </li>
  );
}
