"use client";

import { useMemo, useState } from "react";
import type { Draft } from "@/components/builder/draft";
import type { EditSession } from "@/components/builder/edit-session";
import { OutputForm } from "@/components/builder/output-form";
import { renameInput } from "@/components/builder/references";
import { LazyJsonEditor } from "@/components/code/lazy-json-editor";
import { JsonSchemaForm } from "@/components/forms/json-schema-form";
import { useSchemaForm } from "@/components/forms/use-schema-form";
import { Alert } from "@/components/ui/alert";
import { Segments } from "@/components/ui/segments";
import { parseDraft } from "@/components/workflows/draft-text";
import { isSameValue } from "@/server/nodes/same-value";
import type { WorkflowProblem } from "@/server/workflows/contract";
import type { JsonSchema } from "./edit-fields";
import { FieldsEditor } from "./fields-editor";

export interface InputSchemaViewProps {
  draft: Draft;
  session: EditSession;
  /** Fields begin anew when the draft changed other than through them. */
  epoch: number;
  problems: readonly WorkflowProblem[];
  isBlock: boolean;
}

const SIDES = [
  { value: "json", label: "JSON Schema" },
  { value: "form", label: "Try the form" },
] as const;

/** What goes into a run, as fields and as the JSON Schema that they make, and what comes out of it. */
export function InputSchemaView({ draft, session, epoch, problems, isBlock }: InputSchemaViewProps) {
  const [side, setSide] = useState<"json" | "form">("json");
  const schema = useMemo(() => (draft.input ?? {}) as JsonSchema, [draft.input]);
  const own = problems.filter(({ path }) => path === "/input" || path.startsWith("/input/"));
  const apply = (next: JsonSchema, what: string) => session.apply("change the input", (current) => ({ ...current, input: next }), `input/${what}`);
  const rename = (from: string, to: string, next: JsonSchema) => session.apply(`rename the input ${from}`, (current) => ({ ...renameInput(current, from, to), input: next }));
  return (
    <div className="grid min-h-0 flex-1 gap-6 p-4 sm:p-6 xl:grid-cols-2">
      <section aria-label="Input" className="flex min-w-0 flex-col gap-4">
        <div className="flex flex-col gap-1">
          <h2 className="text-base font-semibold">{isBlock ? "What the block takes in" : "What a run begins with"}</h2>
          <p className="max-w-prose text-sm text-muted-foreground">
            {isBlock ? "Steps with this block show these fields." : "Whoever starts a run fills these fields in; triggers and the API are held to them too."} Steps read them as <code className="font-mono text-xs">input.name</code>; a new name is carried into every expression.
          </p>
        </div>
        {own.length === 0 ? null : (
          <Alert tone="danger" title="The input is not right yet">
            {own.map(({ path, message }, index) => <p key={index}><code className="font-mono text-xs">{path.slice("/input".length) || "/"}</code> {message}</p>)}
          </Alert>
        )}
        <FieldsEditor key={epoch} schema={schema} onChange={apply} onRename={rename} label="Fields of the input" none="Nothing is asked for yet: a run takes any input." />
        <OutputForm key={`${epoch} output`} draft={draft} session={session} problems={problems} isBlock={isBlock} />
      </section>
      <section aria-label="The same as JSON, and as a form" className="flex min-h-96 min-w-0 flex-col gap-3 xl:sticky xl:top-0">
        <div className="self-start"><Segments label="Show" value={side} onChange={setSide} options={SIDES} /></div>
        {side === "json" ? <SchemaText schema={schema} onChange={(next) => apply(next, "json")} /> : <TriedForm key={JSON.stringify(schema)} schema={schema} />}
      </section>
    </div>
  );
}

/** What is typed stays as it is; only text that is an object becomes the schema. */
function SchemaText({ schema, onChange }: { schema: JsonSchema; onChange: (schema: JsonSchema) => void }) {
  const [{ text, seen }, setForm] = useState(() => ({ text: printed(schema), seen: schema }));
  const parsed = useMemo(() => parseDraft(text), [text]);
  if (seen !== schema) setForm({ text: parsed.ok && isSameValue(parsed.definition, schema) ? text : printed(schema), seen: schema });
  const problems = useMemo(() => (parsed.ok ? [] : [{ from: parsed.offset, to: parsed.offset + 1, severity: "error" as const, message: parsed.message }]), [parsed]);
  const change = (next: string) => {
    setForm({ text: next, seen: schema });
    const read = parseDraft(next);
    if (read.ok && !isSameValue(read.definition, schema)) onChange(read.definition);
  };
  return (
    <div className="h-[min(36rem,70dvh)] overflow-hidden rounded-lg border">
      <LazyJsonEditor text={text} onChange={change} problems={problems} goTo={null} label="Input as JSON Schema" />
    </div>
  );
}

function TriedForm({ schema }: { schema: JsonSchema }) {
  const form = useSchemaForm(schema);
  return <div className="rounded-lg border bg-card p-4"><JsonSchemaForm form={form} label="Input" /></div>;
}

function printed(schema: JsonSchema): string {
  return JSON.stringify(schema, null, 2);
}
