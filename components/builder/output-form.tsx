"use client";

import type { WorkflowProblem } from "@/server/workflows/contract";
import { ConfigForm } from "./config-form";
import type { Draft } from "./draft";
import type { EditSession } from "./edit-session";
import type { FieldRules } from "./template-field";
import { TestContext, UNTESTED } from "./test/test-context";

const SCHEMA = {
  type: "object",
  properties: { output: { title: "Output", description: "Reads the results of all steps. Left empty: the output of the last step, or an object when several are last.", field: "value" } },
};

const RULES: FieldRules = { isLiteral: () => false };
/** No step: what is read when the run has ended. */
const WHOLE = "";

export interface OutputFormProps {
  draft: Draft;
  session: EditSession;
  problems: readonly WorkflowProblem[];
  isBlock: boolean;
}

/** What a run answers with once all its steps have ended. */
export function OutputForm({ draft, session, problems, isBlock }: OutputFormProps) {
  return (
    <section aria-label="Output" className="flex min-w-0 flex-col gap-4 border-t pt-6">
      <div className="flex flex-col gap-1">
        <h2 className="text-base font-semibold">{isBlock ? "What the block gives" : "What a run gives back"}</h2>
        <p className="max-w-prose text-sm text-muted-foreground">{isBlock ? "Steps behind a step with this block read it." : "Whoever started the run sees it; so does the workflow that called this one, and the API."}</p>
      </div>
      <TestContext value={UNTESTED}>
        <ConfigForm
          schema={SCHEMA}
          value={draft.output === undefined ? {} : { output: draft.output }}
          base=""
          problems={problems}
          rules={RULES}
          draft={draft}
          nodeId={WHOLE}
          onChange={({ output }) => session.applySoon("change the output", (current) => withOutput(current, output), "output")}
        />
      </TestContext>
    </section>
  );
}

function withOutput({ output: _before, ...draft }: Draft, output: unknown): Draft {
  return output === undefined ? draft : { ...draft, output };
}
