import { Moment } from "@/components/time/moment";
import type { TriggerDetail } from "@/server/triggers/contract";

const REASONS: Readonly<Record<string, string>> = {
  unverified: "Wrong signature, password or key",
  too_large: "Too large",
  rate_limited: "Over the rate limit",
  rate: "Over the rate limit",
  malformed: "Malformed body",
  invalid_input: "Input that does not fit the workflow",
  forbidden: "Address not allowed",
  address: "Address not allowed",
  method: "Wrong method",
  closed: "While it was disabled",
  gone: "While it was disabled",
};

/** Requests that were turned away: why nothing starts although the other side sends. */
export function RefusalList({ refusals }: Pick<TriggerDetail, "refusals">) {
  if (refusals.length === 0) return null;
  return (
    <section aria-label="Turned away" className="rounded-lg border text-sm">
      <h4 className="border-b px-3 py-1.5 text-xs font-medium text-muted-foreground">Turned away</h4>
      <ul className="divide-y">
        {refusals.map(({ reason, count, lastAt }) => (
          <li key={reason} className="flex flex-wrap items-baseline justify-between gap-x-3 px-3 py-1.5">
            <span>{REASONS[reason] ?? reason}</span>
            <span className="text-muted-foreground tabular-nums">
              {count} {count === 1 ? "time" : "times"}, last <Moment at={lastAt} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
