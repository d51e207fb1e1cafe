import type { Compared } from "@/server/runs/contract";

export type ComparedPart = "output" | "input" | "error" | "trigger" | "config";

export interface PartOfStep {
  part: ComparedPart;
  title: string;
  isSame: boolean;
}

type Step = Compared["steps"][number];

/** What of a step can be held side by side: what differs first, so that it is what opens. */
export function partsOfStep(step: Step): PartOfStep[] {
  const hasFailed = [step.left, step.right].some((side) => side?.status === "failed");
  return differingFirst([
    { part: "output", title: "Output", isSame: step.sameOutput },
    { part: "input", title: "Input", isSame: step.sameInput },
    ...(hasFailed || !step.sameError ? [{ part: "error", title: "Error", isSame: step.sameError } as const] : []),
    { part: "config", title: "Config", isSame: step.sameConfig },
  ]);
}

/** The same of the runs as a whole; of their triggers and errors nothing is known before they are read. */
export function partsOfRun({ same, left, right }: Compared): PartOfStep[] {
  return differingFirst([
    { part: "input", title: "Input", isSame: same.input },
    { part: "output", title: "Output", isSame: same.output },
    ...(left.failure === null && right.failure === null ? [] : [{ part: "error", title: "Error", isSame: left.failure?.message === right.failure?.message } as const]),
    { part: "trigger", title: "Trigger", isSame: left.trigger === right.trigger },
  ]);
}

function differingFirst(parts: PartOfStep[]): PartOfStep[] {
  return [...parts.filter(({ isSame }) => !isSame), ...parts.filter(({ isSame }) => isSame)];
}
