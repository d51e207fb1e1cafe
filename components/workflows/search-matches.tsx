"use client";

import { Crosshair } from "lucide-react";
import Link from "next/link";
import { useHref } from "@/components/shell/workspace-context";
import type { ListedWorkflow } from "@/server/workflows/contract";

const PLACES: Readonly<Record<string, string>> = { description: "Description", note: "Note on the canvas", input: "Input", output: "Output" };

/** Where the search found its words; a node opens in the builder. */
export function SearchMatches({ workflow: { id, matches } }: { workflow: ListedWorkflow }) {
  const href = useHref();
  if (matches.length === 0) return null;
  return (
    <ul className="flex flex-col gap-1" aria-label="Found in">
      {matches.map(({ nodeId, nodeName, field, before, match, after }) => {
        const text = <span className="min-w-0 truncate font-mono">{before}<mark className="rounded-xs bg-warning/25 text-foreground">{match}</mark>{after}</span>;
        const label = nodeId === null ? (PLACES[field.split(".")[0] ?? ""] ?? "Workflow") : field === "name" ? "Step" : `${nodeName ?? nodeId} · ${field}`;
        return (
          <li key={nodeId ?? ` ${field}`} className="flex min-w-0 text-xs">
            {nodeId === null ? (
              <span className="flex min-w-0 gap-2 text-muted-foreground"><span className="shrink-0">{label}</span>{text}</span>
            ) : (
              <Link href={href(`/workflows/${id}?node=${encodeURIComponent(nodeId)}`)} className="relative flex max-w-full min-w-0 items-center gap-2 rounded-sm border bg-card px-1.5 py-0.5 text-muted-foreground hover:border-primary hover:text-foreground">
                <Crosshair className="size-3 shrink-0" aria-hidden />
                <span className="max-w-[50%] shrink-0 truncate">{label}</span>
                {text}
              </Link>
            )}
          </li>
        );
      })}
    </ul>
  );
}
