"use client";

import { useState } from "react";
import { LazyJsonEditor } from "@/components/code/lazy-json-editor";
import { unfinishedAt } from "@/components/forms/unfinished";
import { prettyJson } from "@/components/values/print-value";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { toast } from "@/components/ui/toast";
import { jsonErrorOffset } from "@/server/schema/json-error-offset";

export interface PinEditorProps {
  /** Of the step in its workflow. */
  place: string;
  name: string;
  begin: unknown;
  onPin: (value: unknown) => void;
  close: () => void;
}

/** An output written by hand, which tests use in place of running the step. */
export function PinEditor({ place, name, begin, onPin, close }: PinEditorProps) {
  const unfinished = unfinishedAt(`pin ${place}`);
  const saved = prettyJson(begin ?? null);
  const [text, setText] = useState(() => unfinished.find(begin) ?? saved);
  const [wasLeft] = useState(text !== saved);
  const read = readJson(text);
  const offset = read.ok ? null : jsonErrorOffset(text);
  // Escape and a click beside it are soon done; what was written is there again when the editor is opened again.
  const leave = () => {
    if (text === saved) unfinished.drop();
    else {
      unfinished.keep(text, begin);
      toast("It was not pinned. What you wrote is there when you open the editor again.");
    }
    close();
  };
  const pin = () => {
    if (!read.ok) return;
    unfinished.drop();
    onPin(read.value);
    close();
  };
  return (
    <Dialog open onOpenChange={leave}>
      <DialogContent title={`Pinned output of ${name}`} description="Tests use it in place of running the step; published runs never do." className="max-w-2xl" unsaved={false}>
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
            {wasLeft && text !== saved ? <Button variant="ghost" className="mr-auto" onClick={() => setText(saved)}>Begin anew</Button> : null}
            <Button onClick={leave}>Cancel</Button>
            <Button variant="primary" disabled={!read.ok} onClick={pin}>Pin</Button>
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
