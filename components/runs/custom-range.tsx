"use client";

import type { UrlChange } from "@/components/shell/use-url-state";
import { Input } from "@/components/ui/input";

export function CustomRange({ from, to, change }: { from: string | undefined; to: string | undefined; change: (change: UrlChange) => void }) {
  return (
    <div className="flex flex-wrap items-center gap-2 text-sm">
      <MomentInput label="From" value={from} onChange={(value) => change({ from: value })} />
      <span className="text-muted-foreground" aria-hidden>to</span>
      <MomentInput label="To" value={to} onChange={(value) => change({ to: value })} />
    </div>
  );
}

function MomentInput({ label, value, onChange }: { label: string; value: string | undefined; onChange: (value: string | null) => void }) {
  const begin = value === undefined ? "" : localText(new Date(value));
  const done = (text: string) => {
    // The field knows minutes only: what nobody changed stays as exact as it is.
    if (text === begin) return;
    const moment = new Date(text);
    onChange(text === "" || Number.isNaN(moment.getTime()) ? null : moment.toISOString());
  };
  return <Input key={begin} type="datetime-local" aria-label={label} defaultValue={begin} onBlur={(event) => done(event.target.value)} className="w-52" />;
}

/** As the viewer's clock shows it. */
function localText(moment: Date): string {
  return new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
