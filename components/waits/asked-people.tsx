import { CircleCheck, CircleDashed } from "lucide-react";
import type { ApprovalView } from "./approval-view";

const WORKSPACE = "everybody who may answer in the workspace";

/** Who was asked, and whose answer is still missing. */
export function AskedPeople({ wait }: { wait: ApprovalView }) {
  const missing = Math.max(0, wait.requiredAnswers - wait.answers);
  const need = wait.status !== "open" ? "Asked" : `${needed(wait.requiredAnswers, missing)} Asked`;
  if (wait.asked.length === 0) return <p className="text-sm text-muted-foreground">{`${need}: ${WORKSPACE}.`}</p>;
  return (
    <div className="flex flex-col gap-1.5 text-sm">
      <p className="text-muted-foreground">{`${need}:`}</p>
      <ul className="flex flex-wrap gap-x-4 gap-y-1.5">
        {wait.asked.map(({ who, kind, name, answered }) => (
          <li key={who} className="flex items-center gap-1.5" title={kind === "role" ? "Everybody of this role" : who}>
            {answered ? <CircleCheck className="size-4 text-status-succeeded" aria-hidden /> : <CircleDashed className="size-4 text-muted-foreground" aria-hidden />}
            <span className="break-all">{kind === "role" ? `role ${who}` : (name ?? who)}</span>
            <span className="text-xs text-muted-foreground">{answered ? "answered" : wait.status === "open" ? "not yet" : ""}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function needed(required: number, missing: number): string {
  if (required === 1) return "One approval is needed.";
  return missing === 1 ? "One more approval is needed." : `${missing} more approvals are needed.`;
}
