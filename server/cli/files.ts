import { readFileSync } from "node:fs";
import { DomainError } from "@/server/errors/domain-error";
import { validateWorkflow } from "@/server/nodes/validate-workflow";
import { parseWorkflowFile, type WorkflowFile } from "@/server/workflows/service";
import type { WorkflowProblem } from "@/server/workflows/contract";
import { CommandError, EXIT } from "./exit-codes";

export function readTextFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new CommandError(EXIT.badInput, `${file} cannot be read: ${(error as Error).message}`);
  }
}

export function readWorkflowFile(file: string): WorkflowFile {
  try {
    return parseWorkflowFile(readTextFile(file), file);
  } catch (error) {
    if (error instanceof DomainError) throw new CommandError(EXIT.badInput, error.message);
    throw error;
  }
}

/** `--input '{…}'`, `--input @file`, or nothing: then the file's own example, if it has one. */
export function readInput(option: string | undefined, file: WorkflowFile): unknown {
  if (option === undefined) return file.exampleInput;
  const text = option.startsWith("@") ? readTextFile(option.slice(1)) : option;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CommandError(EXIT.badInput, `--input is not valid JSON: ${(error as Error).message}`);
  }
}

export function describeProblem({ severity, nodeId, path, message }: WorkflowProblem): string {
  const place = [nodeId === undefined ? null : `node ${nodeId}`, path === "" ? null : path].filter((part) => part !== null).join(", ");
  return `${severity.padEnd(7)} ${place === "" ? "" : `${place}: `}${message}`;
}

/** Problems of the file's definition, errors first; throws when there is an error. */
export function requireValid(file: WorkflowFile, print: (line: string) => void): void {
  const { problems } = validateWorkflow(file.definition);
  for (const problem of problems) print(describeProblem(problem));
  const errors = problems.filter(({ severity }) => severity === "error").length;
  if (errors > 0) throw new CommandError(EXIT.badInput, `The workflow has ${errors} ${errors === 1 ? "error" : "errors"}.`);
}
