"use client";

import { useMemo } from "react";
import { z } from "zod";
import { settingsSchema } from "@/server/engine/definition";
import type { WorkflowProblem } from "@/server/workflows/contract";
import type { Draft } from "./draft";
import type { EditSession } from "./edit-session";
import { type FieldGroup, GroupedForm } from "./grouped-form";
import type { FieldRules } from "./template-field";
import { TestContext, UNTESTED } from "./test/test-context";

const HINTS: Readonly<Record<string, string>> = {
  timeoutSeconds: "The run is cancelled when it takes longer.",
  priority: "Runs of a higher priority go first; each point is worth a minute of waiting.",
  pool: "Workers that carry out the runs.",
  runAs: "Whom the runs act for instead of whoever starts them: your own e-mail address, or the name of a service account that may do no more than you.",
  startWithoutReading: "People who may start runs but not see workflows find it under Start. Of their own runs they see how they end and what comes out.",
  errorWorkflow: "Starts when a run fails; its input says which run, the error and the step at fault.",
  muteHandlers: "The workspace's error and success workflows are not started for runs of this workflow.",
  retentionDays: "Days that ended runs are kept, unless the workspace's retention settings say otherwise.",
  maxParallel: "Steps of one run that may be at work at the same time.",
  labels: "Every run gets these, to be found by.",
};

/** Keys of limits are templates; all else is meant as it is written. */
const KEY = /^\/(concurrency|rateLimit|throttle|debounce)\/key$/;
const RULES: FieldRules = { isLiteral: (pointer) => !KEY.test(pointer) };

const GROUPS: readonly FieldGroup[] = [
  { title: "Time and turn", note: "How long a run may take, and which goes first when there are more than workers.", names: ["timeoutSeconds", "priority", "pool", "maxParallel"] },
  { title: "How many runs at once", note: "Runs over a limit wait, are left out or gather, as you choose. With a key, each of its values has the limit for itself.", names: ["concurrency", "rateLimit", "throttle", "debounce"] },
  { title: "When a run ends", note: "", names: ["errorWorkflow", "muteHandlers", "retentionDays"] },
  { title: "Identity and labels", note: "", names: ["runAs", "startWithoutReading", "labels"] },
];

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
      <TestContext value={UNTESTED}>
        <GroupedForm
          key={epoch}
          groups={GROUPS}
          schema={schema}
          value={draft.settings ?? {}}
          base="/settings"
          problems={problems}
          rules={RULES}
          draft={draft}
          nodeId={WHOLE}
          onChange={(next, field, names) => session.apply("change the settings", (current) => ({ ...current, settings: withNamed(current.settings, next, names) }), `settings/${field}`)}
        />
      </TestContext>
    </section>
  );
}

/** No step: what is read before a run begins. */
const WHOLE = "";

/** Only the named settings are taken over; those that the form left empty go. */
function withNamed(settings: Draft["settings"], next: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  const others = Object.entries(settings ?? {}).filter(([name]) => !names.includes(name));
  return Object.fromEntries([...others, ...names.flatMap((name) => (next[name] === undefined ? [] : [[name, next[name]] as const]))]);
}

function settingsForm(): Record<string, unknown> {
  const schema = z.toJSONSchema(settingsSchema, { io: "input" });
  const properties = Object.entries(schema.properties ?? {}).map(([name, own]) => [name, { ...(typeof own === "object" ? own : {}), ...(name in HINTS ? { description: HINTS[name] } : {}), ...(name === "errorWorkflow" ? { field: "workflow" } : {}) }]);
  return { ...schema, properties: Object.fromEntries(properties) };
}
