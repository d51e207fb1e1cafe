"use client";

import { ChevronDown, ChevronUp, CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import { useState } from "react";
import type { WorkflowProblem } from "@/server/workflows/contract";
import type { ParsedDraft } from "./draft-text";
import { countProblems } from "./problem-marks";

export interface ProblemsPanelProps {
  parsed: ParsedDraft;
  problems: readonly WorkflowProblem[] | null;
  onChoose: (problem: WorkflowProblem) => void;
  onShowText: () => void;
}

/** What is wrong with the draft; each entry leads to its place. */
export function ProblemsPanel({ parsed, problems, onChoose, onShowText }: ProblemsPanelProps) {
  const [isOpen, setOpen] = useState(false);
  if (!parsed.ok) {
    return (
      <button type="button" onClick={onShowText} className="flex w-full items-center gap-2 border-t bg-destructive/8 px-4 py-2 text-left text-sm text-destructive">
        <CircleAlert className="size-4 shrink-0" aria-hidden />
        <span>
          Line {parsed.line}: {parsed.message}
        </span>
      </button>
    );
  }
  if (problems === null) return <p className="border-t bg-card px-4 py-2 text-sm text-muted-foreground">Checking …</p>;
  if (problems.length === 0) {
    return (
      <p className="flex items-center gap-2 border-t bg-card px-4 py-2 text-sm text-muted-foreground">
        <CircleCheck className="size-4 text-status-succeeded" aria-hidden />
        No problems
      </p>
    );
  }
  const { errors, warnings } = countProblems(problems);
  return (
    <section aria-label="Problems" className="border-t bg-card">
      <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} className="flex w-full items-center gap-3 px-4 py-2 text-left text-sm focus-visible:-outline-offset-2">
        {errors > 0 ? <Count icon="error" text={`${errors} ${errors === 1 ? "error" : "errors"}`} /> : null}
        {warnings > 0 ? <Count icon="warning" text={`${warnings} ${warnings === 1 ? "warning" : "warnings"}`} /> : null}
        {isOpen ? <ChevronDown className="ml-auto size-4" aria-hidden /> : <ChevronUp className="ml-auto size-4" aria-hidden />}
      </button>
      {isOpen ? (
        <ul className="max-h-52 overflow-y-auto border-t">
          {problems.map((problem, index) => (
            <li key={index}>
              <button
                type="button"
                onClick={() => onChoose(problem)}
                className="flex w-full items-start gap-2 px-4 py-1.5 text-left text-sm hover:bg-accent focus-visible:-outline-offset-2"
              >
                <ProblemIcon severity={problem.severity} />
                <span className="min-w-0 flex-1 break-words">
                  {problem.nodeId ? <code className="mr-1.5 font-mono text-xs text-muted-foreground">{problem.nodeId}</code> : null}
                  {problem.message}
                </span>
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}

function Count({ icon, text }: { icon: "error" | "warning"; text: string }) {
  return (
    <span className="flex items-center gap-1.5">
      <ProblemIcon severity={icon} />
      {text}
    </span>
  );
}

export function ProblemIcon({ severity }: { severity: "error" | "warning" }) {
  return severity === "error" ? (
    <CircleAlert className="mt-0.5 size-4 shrink-0 text-destructive" aria-label="Error" />
  ) : (
    <TriangleAlert className="mt-0.5 size-4 shrink-0 text-warning" aria-label="Warning" />
  );
}
