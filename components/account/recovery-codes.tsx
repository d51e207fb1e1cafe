"use client";

import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";

/** Shown this once. */
export function RecoveryCodes({ codes, done }: { codes: readonly string[]; done: () => void }) {
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-col gap-1">
        <h2 className="text-sm font-semibold">Keep these recovery codes</h2>
        <p className="text-sm text-muted-foreground">Each signs you in once if you lose your phone. They are shown only now.</p>
      </div>
      <ul aria-label="Recovery codes" className="grid grid-cols-2 gap-x-4 gap-y-1 rounded-md border bg-muted p-3 font-mono text-xs">
        {codes.map((code) => <li key={code}>{code}</li>)}
      </ul>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <CopyButton text={codes.join("\n")} label="Copy all" showLabel />
        <Button variant="primary" onClick={done}>I have kept them</Button>
      </div>
    </div>
  );
}
