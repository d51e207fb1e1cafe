"use client";

import { useMutation } from "@tanstack/react-query";
import { Upload } from "lucide-react";
import { useRef, useState, type DragEvent, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { carriesFiles } from "@/components/organizing/dragging";
import { useSettled } from "@/components/palette/use-settled";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/class-names";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { useFolderChoice } from "./folder-choice";
import { ImportPreview, useImportPreview } from "./import-preview";
import { readFiles } from "./read-files";
import type { Imported } from "./use-imported";

const SETTLE_MILLISECONDS = 300;

export interface ImportFormProps {
  /** What was dropped or pasted before the form opened. */
  initial?: string;
  folderId: string | null;
  onImported: (imported: Imported) => void;
}

/** Workflows from pasted text or from files, shown before anything is made. */
export function ImportForm({ initial = "", folderId, onImported }: ImportFormProps) {
  const trpc = useTRPC();
  const [text, setText] = useState(initial);
  const [name, setName] = useState("");
  const [isOver, setOver] = useState(false);
  const file = useRef<HTMLInputElement>(null);
  const settled = useSettled(text, SETTLE_MILLISECONDS);
  const preview = useImportPreview(settled);
  const create = useMutation(trpc.transfer.import.mutationOptions({ onSuccess: onImported }));
  const place = useFolderChoice(folderId);
  const isReady = preview.isSuccess && settled === text;
  const count = preview.data?.entries.length ?? 0;
  const isBlocked = preview.data?.blocks.some(({ present, problems }) => !present && problems.some(({ severity }) => severity === "error")) ?? false;
  const take = async (files: FileList | null) => {
    if (files !== null && files.length > 0) setText(await readFiles(files));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ text, folderId: place.folderId, ...(count === 1 && name.trim() !== "" ? { name: name.trim() } : {}) });
  };
  const dropping = {
    onDragOver: (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: () => setOver(false),
    onDrop: (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      setOver(false);
      void take(event.dataTransfer.files);
    },
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4" {...dropping}>
      <Field
        label="Workflow as YAML or JSON"
        required
        error={preview.isError && settled === text ? readRefusal(preview.error).message : null}
        hint="Paste it, drop files here or choose them: what an export wrote, a definition with nodes and edges, or a file such as those in the folder examples."
      >
        {(control) => (
          <Textarea
            {...control}
            value={text}
            required
            spellCheck={false}
            onChange={(event) => setText(event.target.value)}
            className={cn("min-h-40 font-mono text-xs max-sm:text-sm", isOver && "border-primary bg-primary/5")}
          />
        )}
      </Field>
      {text.trim() === "" ? null : <ImportPreview preview={preview} />}
      <Field label="Name" hint={count > 1 ? "Each workflow of the file has its own." : "Left empty: the name in the file."}>
        {(control) => <Input {...control} value={name} maxLength={200} disabled={count > 1} onChange={(event) => setName(event.target.value)} />}
      </Field>
      {place.field}
      {create.isError ? <Alert tone="danger" title={`Nothing was imported. ${readRefusal(create.error).message}`} /> : null}
      <div className="flex flex-wrap justify-between gap-2">
        <input
          ref={file}
          type="file"
          multiple
          accept=".yaml,.yml,.json,application/json,text/yaml"
          className="sr-only"
          tabIndex={-1}
          aria-label="Workflow files"
          onChange={(event) => void take(event.target.files)}
        />
        <Button onClick={() => file.current?.click()}>
          <Upload aria-hidden />
          Choose files
        </Button>
        <Button type="submit" variant="primary" disabled={create.isPending || !isReady || isBlocked || !place.isChosen}>
          {create.isPending ? "Importing …" : count > 1 ? `Import ${count} workflows` : "Import"}
        </Button>
      </div>
    </form>
  );
}
