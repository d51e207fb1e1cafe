"use client";

import { GitCompare } from "lucide-react";
import { useState } from "react";
import { Moment } from "@/components/time/moment";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import type { ModuleDetail } from "@/server/modules/contract";
import { BlockVersionsDialog } from "./block-versions-dialog";

export type Block = Omit<ModuleDetail, "inputSchema">;

/** Every version, newest first. Choosing one shows it. */
export function BlockVersions({ block, shown, onShow }: { block: Block; shown: number; onShow: (number: number) => void }) {
  const [compared, setCompared] = useState<number | null>(null);
  return (
    <section aria-label="Versions" className="flex flex-col gap-2">
      <h2 className="text-sm font-semibold">Versions</h2>
      <ol className="divide-y rounded-lg border bg-card">
        {block.versions.map(({ number, note, author, createdAt }) => (
          <li key={number} className={cn("flex items-start gap-2 px-3 py-2", number === shown && "bg-primary/5")}>
            <div className="flex min-w-0 flex-1 flex-col gap-0.5">
              <button type="button" aria-current={number === shown ? "true" : undefined} onClick={() => onShow(number)} className="self-start rounded-sm text-sm font-medium hover:underline">
                Version {number}
              </button>
              {note ? <p className="text-sm break-words whitespace-pre-wrap">{note}</p> : null}
              <p className="text-xs text-muted-foreground"><Moment at={createdAt} />{author === null ? "" : ` by ${author.name}`}</p>
            </div>
            {number > 1 ? (
              <Button variant="ghost" size="icon-sm" aria-label={`What version ${number} changed`} title="What it changed" onClick={() => setCompared(number)}><GitCompare aria-hidden /></Button>
            ) : null}
          </li>
        ))}
      </ol>
      {compared === null ? null : <BlockVersionsDialog block={block} before={compared - 1} after={compared} close={() => setCompared(null)} />}
    </section>
  );
}
