"use client";

import { CircleCheck, Inbox, UsersRound } from "lucide-react";
import { useMay } from "@/components/shell/workspace-context";
import { EmptyState } from "@/components/ui/empty-state";
import type { Box } from "./boxes";

export function EmptyBox({ box }: { box: Box }) {
  const mayAnswer = useMay("wait:answer");
  switch (box) {
    case "mine":
      return (
        <EmptyState icon={Inbox} title={mayAnswer ? "Nothing waits for you" : "Your role may not answer approvals"}>
          {mayAnswer
            ? "When a workflow reaches a step of the kind Approval that you may answer, it shows here and its run waits, for days if need be."
            : "An administrator can give you a role that may. What waits for others can be read beside this."}
        </EmptyState>
      );
    case "others":
      return (
        <EmptyState icon={UsersRound} title="Nothing waits for others">
          Approvals that only other people may answer, and those that you answered while more answers are needed, show here with who is still asked.
        </EmptyState>
      );
    case "answered":
      return (
        <EmptyState icon={CircleCheck} title="You have answered nothing yet">
          Every answer you give is kept here with its comment and the run it belongs to.
        </EmptyState>
      );
  }
}
