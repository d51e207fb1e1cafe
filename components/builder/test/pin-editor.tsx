"use client";

import { useState } from "react";
import { LazyJsonEditor } from "@/components/code/lazy-json-editor";
import { prettyJson } from "@/components/values/print-value";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { jsonErrorOffset } from "@/server/schema/json-error-offset";

export interface PinEditorProps {
  name: string;
  begin: unknown;
  onPin: (value: unknown) => void;
  close: () => void;
}

/** An output written by hand, which tests use in place of running the step. */
export function PinEditor({ name, begin, onPin, close }: PinEditorProps) {
  const [text, setText] = useState(() => prettyJson(begin ?? null));
  const read = readJson(text);
  const offset = read.ok ? null : jsonErrorOffset(text);
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent title={`Pinned output of ${name}`} description="Tests use it in place of running the step; published runs never do." className="max-w-2xl">
        <div className="flex flex-col gap-3">
          <div className="h-80 overflow-hidden rounded-md border">
            <LazyJsonEditor
              text={text}
              onChange={setText}
              problems={read.ok ? [] : [{ from: offset ?? 0, to: (offset ?? 0) + 1, severity: "error", message: read.message }]}
              goTo={null}
              label="Pinned output as JSON"
            />
          </div>
          <p className="min-h-4 text-xs text-destructive" role="alert">{read.ok ? "" : `This is not JSON yet: ${read.message}`}</p>
          <div className="flex justify-end gap-2">
            <Button onClick={close}>Cancel</Button>
            <Button variant="primary" disabled={!read.ok} onClick={() => (read.ok ? (onPin(read.value), close()) : undefined)}>Pin</Button>
          </div>
        </div>
      </DialogContent>
    </Dialog>
  );
}

function readJson(text: string): { ok: true; value: unknown } | { ok: false; message: string } {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}
