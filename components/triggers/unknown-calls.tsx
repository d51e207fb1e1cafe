"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/data/trpc";
import { useMay } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";

const PLACES = { hook: "webhooks", route: "HTTP routes", email: "mail addresses" } as const;

/** Why nothing starts although the other side sends: its address may be wrong, or of a token that was rotated. */
export function UnknownCalls() {
  const trpc = useTRPC();
  const mayRead = useMay("settings:read");
  const calls = useQuery({ ...trpc.triggers.unknownCalls.queryOptions(), enabled: mayRead });
  if (calls.data === undefined || calls.data.length === 0) return null;
  return (
    <section aria-label="Calls to addresses that nobody has" className="mx-4 mb-4 rounded-lg border p-3 text-sm sm:mx-6">
      <h2 className="font-medium">Calls to addresses that nobody has</h2>
      <p className="text-xs text-muted-foreground">In the whole installation, within thirty days: a wrong address, or one whose token was changed.</p>
      <ul className="mt-1.5">
        {calls.data.map(({ place, count, lastAt }) => (
          <li key={place} className="text-muted-foreground tabular-nums">
            {count} to {PLACES[place]}, last <Moment at={lastAt} />
          </li>
        ))}
      </ul>
    </section>
  );
}
