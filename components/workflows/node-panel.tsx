"use client";

import { Braces } from "lucide-react";
import { SidePanel } from "@/components/shell/side-panel";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { CodedText } from "@/components/ui/coded-text";
import { CopyButton } from "@/components/ui/copy-button";
import { JsonTree } from "@/components/values/json-tree";
import { findKind } from "@/server/nodes/catalog";
import type { WorkflowProblem } from "@/server/workflows/contract";
import { OpenCalled } from "./open-called";
import { ProblemIcon } from "./problems-panel";

export interface NodePanelProps {
  node: Record<string, unknown>;
  problems: readonly WorkflowProblem[];
  onClose: () => void;
  /** Absent where there is nothing to edit. */
  onEdit?: () => void;
  /** Whether the workspace that it lies in is open. */
  isAtHome?: boolean;
}

/** What a node is and how it is set up. */
export function NodePanel({ node, problems, onClose, onEdit, isAtHome = true }: NodePanelProps) {
  const { id, kind, name, config, notes, kindVersion: _version, position: _position, size: _size, parent: _parent, ...settings } = node;
  const spec = typeof kind === "string" ? findKind(kind) : null;
  return (
    <SidePanel title={typeof name === "string" && name !== "" ? name : String(id)} onClose={onClose}>
      <div className="flex flex-col gap-5 p-4">
        <div className="flex flex-col gap-2">
          <div className="flex flex-wrap items-center gap-2">
            <Badge tone={spec === null ? "warning" : "neutral"}>{spec?.title ?? `Unknown kind ${String(kind)}`}</Badge>
            <code className="font-mono text-xs text-muted-foreground">{String(id)}</code>
          </div>
          <p className="text-sm text-muted-foreground"><CodedText text={spec?.summary ?? "This installation does not know this kind of node. The workflow cannot be published with it."} /></p>
        </div>
        {problems.length > 0 ? (
          <ul className="flex flex-col gap-1.5">
            {problems.map((problem, index) => (
              <li key={index} className="flex gap-2 text-sm">
                <ProblemIcon severity={problem.severity} />
                <span className="min-w-0 break-words">{problem.message}</span>
              </li>
            ))}
          </ul>
        ) : null}
        {isAtHome ? <OpenCalled kind={kind} config={config} /> : null}
        <Part title="Config" value={config} empty="Nothing is set." />
        {Object.keys(settings).length > 0 ? <Part title="Settings" value={settings} empty="" /> : null}
        {typeof notes === "string" && notes !== "" ? (
          <section className="flex flex-col gap-1.5">
            <h3 className="text-xs font-medium text-muted-foreground">Notes</h3>
            <p className="text-sm break-words whitespace-pre-wrap">{notes}</p>
          </section>
        ) : null}
        {onEdit ? (
          <Button onClick={onEdit} className="self-start">
            <Braces aria-hidden />
            Edit in JSON
          </Button>
        ) : null}
      </div>
    </SidePanel>
  );
}

function Part({ title, value, empty }: { title: string; value: unknown; empty: string }) {
  const isEmpty = typeof value !== "object" || value === null || Object.keys(value).length === 0;
  return (
    <section className="flex flex-col gap-1.5">
      <div className="flex items-center justify-between">
        <h3 className="text-xs font-medium text-muted-foreground">{title}</h3>
        {isEmpty ? null : <CopyButton text={JSON.stringify(value, null, 2)} label={`Copy ${title.toLowerCase()}`} />}
      </div>
      {isEmpty ? <p className="text-sm text-muted-foreground">{empty}</p> : <JsonTree value={value} className="rounded-md border bg-muted/40 p-2" />}
    </section>
  );
}
