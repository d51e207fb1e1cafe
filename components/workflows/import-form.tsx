"use client";

import { useMutation } from "@tanstack/react-query";
import { Upload } from "lucide-react";
import { useRef, useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";

/** A workflow from pasted text or a file. A draft may have problems; only publishing asks that there are none. */
export function ImportForm({ onCreated }: { onCreated: (workflow: { id: string }) => void }) {
  const trpc = useTRPC();
  const [text, setText] = useState("");
  const [name, setName] = useState("");
  const [message, setMessage] = useState<string | null>(null);
  const file = useRef<HTMLInputElement>(null);
  const create = useMutation(trpc.workflows.create.mutationOptions({ onSuccess: onCreated }));
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    // The YAML parser is large and rarely needed.
    const { readImport } = await import("./read-import");
    const result = readImport(text);
    setMessage(result.ok ? null : result.message);
    if (!result.ok) return;
    const { workflow } = result;
    create.mutate({ ...workflow, name: name.trim() || workflow.name || "Imported workflow" });
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
      <Field
        label="Workflow as YAML or JSON"
        required
        error={message ?? (create.isError ? readRefusal(create.error).message : null)}
        hint="A definition with nodes and edges, or a file such as those in the folder examples."
      >
        {(control) => (
          <Textarea
            {...control}
            value={text}
            required
            spellCheck={false}
            onChange={(event) => setText(event.target.value)}
            className="min-h-48 font-mono text-xs max-sm:text-sm"
          />
        )}
      </Field>
      <Field label="Name" hint="Left empty: the name in the file.">
        {(control) => <Input {...control} value={name} maxLength={200} onChange={(event) => setName(event.target.value)} />}
      </Field>
      <div className="flex flex-wrap justify-between gap-2">
        <input
          ref={file}
          type="file"
          accept=".yaml,.yml,.json,application/json,text/yaml"
          className="sr-only"
          tabIndex={-1}
          aria-label="Workflow file"
          onChange={(event) => void event.target.files?.[0]?.text().then(setText)}
        />
        <Button onClick={() => file.current?.click()}>
          <Upload aria-hidden />
          Choose a file
        </Button>
        <Button type="submit" variant="primary" disabled={create.isPending || text.trim() === ""}>
          Import
        </Button>
      </div>
    </form>
  );
}
