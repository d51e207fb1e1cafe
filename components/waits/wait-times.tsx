import { Moment } from "@/components/time/moment";
import type { ApprovalView } from "./approval-view";

/** Since when, until when, and when people are reminded. */
export function WaitTimes({ wait }: { wait: ApprovalView }) {
  const { createdAt, closedAt, until, remindAt, remindedAt } = wait;
  const isOpen = wait.status === "open";
  return (
    <dl className="flex flex-wrap gap-x-6 gap-y-1 text-xs text-muted-foreground">
      <Time name="Asked" at={createdAt} />
      {closedAt === null ? null : <Time name="Ended" at={closedAt} />}
      {remindedAt !== null ? <Time name="Reminded" at={remindedAt} /> : isOpen && remindAt !== null ? <Time name="Reminder" at={remindAt} /> : null}
      {isOpen ? until === null ? <Fact name="Expires">never</Fact> : <Time name="Expires" at={until} /> : null}
    </dl>
  );
}

function Time({ name, at }: { name: string; at: string }) {
  return (
    <Fact name={name}>
      <Moment at={at} />
    </Fact>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="flex gap-1.5">
      <dt>{name}</dt>
      <dd className="text-foreground">{children}</dd>
    </div>
  );
}
