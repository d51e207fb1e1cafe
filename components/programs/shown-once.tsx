"use client";

import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { DialogContent } from "@/components/ui/dialog";

export interface ShownOnceProps {
  title: string;
  values: readonly { label: string; text: string; testId?: string }[];
  close: () => void;
}

/** What nobody can look at again. */
export function ShownOnce({ title, values, close }: ShownOnceProps) {
  return (
    <DialogContent title={title} description="It is shown this once and stored only as a hash." footer={<Button variant="primary" onClick={close}>Done</Button>}>
      <div className="flex flex-col gap-3">
        {values.map(({ label, text, testId }) => (
          <div key={label} className="flex flex-col gap-1">
            <span className="text-xs text-muted-foreground">{label}</span>
            <div className="flex items-center gap-2">
              <code className="min-w-0 flex-1 rounded-md border bg-muted p-2 font-mono text-xs break-all" data-testid={testId}>{text}</code>
              <CopyButton text={text} label={`Copy ${label.toLowerCase()}`} />
            </div>
          </div>
        ))}
      </div>
    </DialogContent>
  );
}
