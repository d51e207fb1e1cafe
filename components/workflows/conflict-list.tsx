"use client";

import { Check, GitMerge } from "lucide-react";
import { Button } from "@/components/ui/button";
import type { Conflict } from "./merge/conflict";
import { keyOfSubject } from "./merge/conflict";
import { describeConflict, describeField } from "./merge/describe-incoming";

export interface ConflictListProps {
  conflicts: readonly Conflict[];
  /** Who made the other changes, in the middle of a sentence. */
  who: string;
  onChoose: (conflict: Conflict, choice: "mine" | "theirs") => void;
  onShow: (nodeId: string) => void;
}

/** What two people changed differently: both values, and one choice per step. */
export function ConflictList({ conflicts, who, onChoose, onShow }: ConflictListProps) {
  const chooseAll = (choice: "mine" | "theirs") => {
    for (const conflict of conflicts) onChoose(conflict, choice);
  };
  return (
    <section aria-label="Edits that collide" className="m-3 flex max-h-[45dvh] flex-col overflow-y-auto rounded-lg border border-warning/40 bg-warning/8 text-sm">
      <header className="sticky top-0 z-10 flex flex-wrap items-center gap-x-3 gap-y-2 border-b border-warning/30 bg-card px-3 py-2">
        <GitMerge className="size-4 shrink-0 text-warning" aria-hidden />
        <p role="status" className="min-w-0 flex-1 font-medium">
          {conflicts.length === 1 ? "One edit collides" : `${conflicts.length} edits collide`} with those of {who}. Everything else is merged; nothing is saved until you choose.
        </p>
        {conflicts.length > 1 ? (
          <span className="flex gap-2">
            <Button size="sm" onClick={() => chooseAll("mine")}>Keep all mine</Button>
            <Button size="sm" onClick={() => chooseAll("theirs")}>Take all theirs</Button>
          </span>
        ) : null}
      </header>
      <ul className="divide-y divide-warning/25">
        {conflicts.map((conflict) => (
          <li key={keyOfSubject(conflict.subject)} className="flex flex-col gap-2 px-3 py-2.5">
            <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
              <p className="min-w-0 flex-1 break-words">{describeConflict(conflict, who)}</p>
              {conflict.subject.type === "node" && conflict.kind !== "deletedByMe" ? <ShowButton id={conflict.subject.id} name={conflict.name} onShow={onShow} /> : null}
              <Button size="sm" onClick={() => onChoose(conflict, "mine")} aria-label={`${mineLabel(conflict)}: ${conflict.name}`}>
                <Check aria-hidden />
                {mineLabel(conflict)}
              </Button>
              <Button size="sm" onClick={() => onChoose(conflict, "theirs")} aria-label={`${theirsLabel(conflict)}: ${conflict.name}`}>
                {theirsLabel(conflict)}
              </Button>
            </div>
            {conflict.fields.length > 0 ? <Fields conflict={conflict} /> : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

function ShowButton({ id, name, onShow }: { id: string; name: string; onShow: (nodeId: string) => void }) {
  return <Button size="sm" variant="ghost" onClick={() => onShow(id)} aria-label={`Show ${name}`}>Show</Button>;
}

function mineLabel({ kind }: Conflict): string {
  return kind === "changed" ? "Keep mine" : kind === "deletedByMe" ? "Delete it" : "Keep it";
}

function theirsLabel({ kind }: Conflict): string {
  return kind === "changed" ? "Take theirs" : kind === "deletedByMe" ? "Bring it back" : "Delete it";
}

function Fields({ conflict: { kind, fields } }: { conflict: Conflict }) {
  return (
    <dl className="grid gap-x-3 gap-y-1 text-xs sm:grid-cols-[minmax(6rem,auto)_1fr_1fr]">
      {fields.map(({ path, base, mine, theirs }) => (
        <div key={path.join("/")} className="contents">
          <dt className="pt-1 font-medium">{describeField(path)}</dt>
          <Value label={kind === "deletedByMe" ? "Before" : "Mine"} value={kind === "deletedByMe" ? base : mine} />
          <Value label={kind === "deletedByThem" ? "Before" : "Theirs"} value={kind === "deletedByThem" ? base : theirs} />
        </div>
      ))}
    </dl>
  );
}

function Value({ label, value }: { label: string; value: unknown }) {
  return (
    <dd className="flex min-w-0 gap-2 rounded-sm bg-card px-2 py-1">
      <span className="shrink-0 text-muted-foreground">{label}</span>
      <pre className="max-h-32 min-w-0 flex-1 overflow-auto font-mono break-words whitespace-pre-wrap">{textOf(value)}</pre>
    </dd>
  );
}

function textOf(value: unknown): string {
  if (value === undefined) return "not set";
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
