"use client";

import { useMemo } from "react";
import { z } from "zod";
import { settingsSchema } from "@/server/engine/definition";
import type { WorkflowProblem } from "@/server/workflows/contract";
import { ConfigForm } from "./config-form";
import type { Draft } from "./draft";
import type { EditSession } from "./edit-session";
import type { FieldRules } from "./template-field";

const HINTS: Readonly<Record<string, string>> = {
  timeoutSeconds: "The run is cancelled when it takes longer.",
  priority: "Runs of a higher priority go first; each point is worth a minute of waiting.",
  pool: "Workers that carry out the runs.",
  runAs: "Whom the runs act for, instead of whoever starts them.",
  errorWorkflow: "Workflow that starts when a run fails: its id, short name or name.",
  muteHandlers: "The workspace's error and success workflows are not started for runs of this workflow.",
  retentionDays: "Days that ended runs are kept, unless the workspace's retention settings say otherwise.",
  maxParallel: "Steps of one run that may be at work at the same time.",
  labels: "Every run gets these, to be found by.",
};

/** Keys of limits are templates; all else is meant as it is written. */
const RULES: FieldRules = { isLiteral: () => true };

export interface WorkflowSettingsProps {
  draft: Draft;
  session: EditSession;
  epoch: number;
  problems: readonly WorkflowProblem[];
}

/** Settings of the workflow as a whole: limits on its runs, time, priority. */
export function WorkflowSettings({ draft, session, epoch, problems }: WorkflowSettingsProps) {
  const schema = useMemo(() => settingsForm(), []);
  return (
    <section aria-label="Settings of the workflow" className="mx-auto w-full max-w-2xl p-4 sm:p-6">
      <ConfigForm
        key={epoch}
        schema={schema}
        value={draft.settings ?? {}}
        base="/settings"
        problems={problems}
        rules={RULES}
        onChange={(next, field) => session.apply("change the settings", (current) => ({ ...current, settings: next }), `settings/${field}`)}
      />
    </section>
  );
}

function settingsForm(): Record<string, unknown> {
  const schema = z.toJSONSchema(settingsSchema, { io: "input" });
  const properties = Object.entries(schema.properties ?? {}).map(([name, own]) => [name, { ...(typeof own === "object" ? own : {}), ...(name in HINTS ? { description: HINTS[name] } : {}) }]);
  return { ...schema, properties: Object.fromEntries(properties) };
}
