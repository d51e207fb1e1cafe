"use client";

import { ValueView } from "@/components/values/value-view";
import type { RunDetail } from "@/server/runs/contract";

const PARTS = [
  { what: "input", title: "Input" },
  { what: "trigger", title: "Trigger" },
  { what: "output", title: "Output" },
  { what: "error", title: "Error" },
] as const;

/** What went into the run and what came out. */
export function RunValues({ run }: { run: RunDetail }) {
  const version = run.finishedAt ?? "open";
  const parts = PARTS.filter(({ what }) => what !== "error" || run.sizes.error !== null);
  return (
    <div className="grid gap-6 p-4 sm:p-6 xl:grid-cols-2">
      {parts.map(({ what, title }) => (
        <section key={what} className="flex min-w-0 flex-col gap-2">
          <h2 className="text-sm font-semibold">{title}</h2>
          {what === "output" && run.finishedAt === null ? (
            <p className="text-sm text-muted-foreground">Known when the run has ended.</p>
          ) : (
            <ValueView value={{ runId: run.id, path: "", what }} version={version} label={title} />
          )}
        </section>
      ))}
    </div>
  );
}
