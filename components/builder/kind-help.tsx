"use client";

import { resolve } from "@/components/forms/read-field";
import { CodedText } from "@/components/ui/coded-text";
import { findKind } from "@/server/nodes/catalog";
import { formOf } from "@/server/nodes/form";
import { portsOfNode, slotsOfNode, type DraftNode } from "./draft";

/** What a kind does, made from what describes it to the engine. */
export function KindHelp({ node }: { node: DraftNode }) {
  const spec = findKind(node.kind);
  if (spec === null) return <p className="text-sm text-muted-foreground">This installation does not know this kind of step. The workflow cannot be published with it.</p>;
  const form = formOf(node.kind);
  const fields = Object.entries(form?.properties ?? {}).map(([name, schema]) => ({ name, description: resolve(schema, form).description }));
  const slots = slotsOfNode(node);
  return (
    <div className="flex flex-col gap-4 text-sm">
      <p><CodedText text={spec.summary} /></p>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5">
        <dt className="text-muted-foreground">Kind</dt>
        <dd><code className="font-mono text-xs">{node.kind}</code></dd>
        <dt className="text-muted-foreground">Output</dt>
        <dd><code className="font-mono text-xs break-all">{`{{ steps${/^[A-Za-z_]\w*$/.test(node.id) ? `.${node.id}` : `["${node.id}"]`}.output }}`}</code></dd>
        <dt className="text-muted-foreground">Ports</dt>
        <dd>{portsOfNode(node).join(", ") || "None: nothing follows it."}</dd>
        {slots === null ? null : <dt className="text-muted-foreground">Frames</dt>}
        {slots === null ? null : <dd>{slots.join(", ")}</dd>}
      </dl>
      <dl className="flex flex-col gap-2.5">
        {fields.map(({ name, description }) => (
          <div key={name}>
            <dt><code className="font-mono text-xs">{name}</code></dt>
            {typeof description === "string" ? <dd className="text-muted-foreground"><CodedText text={description} /></dd> : null}
          </div>
        ))}
      </dl>
    </div>
  );
}
