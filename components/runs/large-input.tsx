"use client";

import { useQuery } from "@tanstack/react-query";
import { Download, Pencil } from "lucide-react";
import { useState } from "react";
import { LazyJsonEditor } from "@/components/code/lazy-json-editor";
import { ErrorState } from "@/components/data/error-state";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { SkeletonRows } from "@/components/ui/skeleton";
import { WHOLE_MAX_CHARACTERS } from "@/components/values/use-value";
import { decodeValue } from "@/server/expressions/decoding";
import { toPlain } from "@/server/expressions/plain";
import { useRerun } from "./use-rerun";

/** More would make the editor crawl. */
const MAX_EDITED = 4 * 1_024 * 1_024;

/** Of an input that is too large for a form: as JSON, or told how else. */
export function LargeInput({ runId, address, size, close }: { runId: string; address: string; size: number; close: () => void }) {
  const [isEditing, setEditing] = useState(false);
  const isEditable = size <= MAX_EDITED;
  const stored = useQuery({ queryKey: ["whole-input", runId], enabled: isEditing, staleTime: Infinity, gcTime: 0, queryFn: ({ signal }) => loadInput(address, signal) });
  if (stored.isError) return <ErrorState error={stored.error} retry={() => void stored.refetch()} what="the input" />;
  if (isEditing) return stored.data === undefined ? <SkeletonRows count={3} /> : <JsonInput runId={runId} begin={stored.data} close={close} />;
  return (
    <div className="flex flex-col gap-4">
      <Alert tone="warning" title={`The input is over ${WHOLE_MAX_CHARACTERS / 1_024} KiB (${Math.ceil(size / 1_024).toLocaleString("en")} KiB), too large for a form.`}>
        {isEditable ? "It can be changed as JSON." : "Start a new run by the API (POST /api/v1/runs) with the input changed. The file has values as they are stored."}
      </Alert>
      <div className="flex justify-end gap-2">
        <Button asChild>
          <a href={address} download>
            <Download aria-hidden />
            Download it
          </a>
        </Button>
        {isEditable ? (
          <Button variant="primary" onClick={() => setEditing(true)}>
            <Pencil aria-hidden />
            Edit as JSON
          </Button>
        ) : null}
      </div>
    </div>
  );
}

function JsonInput({ runId, begin, close }: { runId: string; begin: string; close: () => void }) {
  const [text, setText] = useState(begin);
  const [problem, setProblem] = useState<string | null>(null);
  const rerun = useRerun();
  const submit = () => {
    try {
      const input = JSON.parse(text) as unknown;
      setProblem(null);
      rerun.mutate({ runId, input }, { onSuccess: close });
    } catch (error) {
      setProblem(`This is not JSON yet: ${error instanceof Error ? error.message : ""}`);
    }
  };
  return (
    <div className="flex flex-col gap-3">
      <div className="h-80 overflow-hidden rounded-md border">
        <LazyJsonEditor text={text} onChange={setText} problems={[]} goTo={null} label="Input as JSON" />
      </div>
      <p className="min-h-4 text-xs text-destructive" role="alert">{problem ?? ""}</p>
      <div className="flex justify-end gap-2">
        <Button onClick={close}>Cancel</Button>
        <Button variant="primary" disabled={rerun.isPending} onClick={submit}>
          Re-run
        </Button>
      </div>
    </div>
  );
}

async function loadInput(address: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(address, { signal });
  if (!response.ok) throw new Error(`The server answered ${response.status}.`);
  return JSON.stringify(toPlain(decodeValue(await response.text())), null, 2);
}
