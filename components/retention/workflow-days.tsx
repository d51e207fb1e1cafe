"use client";

import { useState } from "react";
import type { RouterOutputs } from "@/components/data/trpc";
import { Card, CardHeader } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { RETENTION_KINDS, type Policy } from "@/server/retention/contract";
import { DaysForm } from "./days-form";

/** Days of one workflow, where they differ from the workspace's. */
export function WorkflowDays({ retention }: { retention: RouterOutputs["retention"]["get"] }) {
  const { defaults, workspace, workflows } = retention;
  const [chosen, setChosen] = useState<string | undefined>();
  const current = workflows.find(({ workflowId }) => workflowId === chosen);
  const inherited: Policy = { ...defaults, ...workspace };
  const own = workflows.filter(({ days }) => RETENTION_KINDS.some((kind) => days[kind] !== undefined));
  return (
    <Card>
      <CardHeader title="For one workflow" description={own.length === 0 ? "No workflow has days of its own." : `Days of their own: ${own.map(({ name }) => name).join(", ")}.`} />
      <div className="flex flex-col gap-4 p-4">
        {workflows.length === 0 ? (
          <p className="text-sm text-muted-foreground">There is no workflow yet.</p>
        ) : (
          <Field label="Workflow">
            {(control) => <Select {...control} value={chosen} onValueChange={setChosen} placeholder="Choose a workflow …" options={workflows.map(({ workflowId, name }) => ({ value: workflowId, label: name }))} />}
          </Field>
        )}
        {current === undefined ? null : <DaysForm key={`${current.workflowId} ${JSON.stringify(current.days)}`} workflowId={current.workflowId} days={current.days} inherited={current.days.runDays === undefined ? { ...inherited, runDays: current.effective.runDays } : inherited} />}
      </div>
    </Card>
  );
}
