import { decodeValue } from "@/server/expressions/decoding";
import { encodeValue } from "@/server/expressions/encoding";
import type { ChildDetail } from "@/server/nodes/wait-details";
import { validateAgainst } from "@/server/schema/validate-json";
import type { RunContext } from "@/server/worker/run-context";
import { StepFailure } from "@/server/worker/step-failure";

/** What a called version would be given, as its run stores it. One that does not fit the version's input schema is an error of the step that calls. */
export async function childInputOf(run: RunContext, { versionId, input }: ChildDetail): Promise<string> {
  const text = encodeValue(run.redaction.value(input ?? null));
  const called = await run.worker.workflows.usable({ workspaceId: run.claim.workspaceId, versionId, options: {} });
  const schema = called?.definition.input;
  if (schema === undefined || schema === true || (schema !== false && Object.keys(schema).length === 0)) return text;
  const [problem] = validateAgainst(schema, decodeValue(text));
  if (problem === undefined) return text;
  throw new StepFailure({ code: "invalid_input", message: `input${problem.path} ${problem.message}`, field: `/input${problem.path}` });
}
