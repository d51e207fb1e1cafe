"use client";

import { useQuery } from "@tanstack/react-query";
import { ShieldAlert, ShieldCheck } from "lucide-react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import type { ChainProblem, ChainReport } from "@/server/audit/contract";

/** Reads the whole chain on demand and says whether it holds. */
export function ChainCheck() {
  const trpc = useTRPC();
  const check = useQuery({ ...trpc.audit.verify.queryOptions(), enabled: false, gcTime: 0 });
  return (
    <Card>
      <CardHeader
        title="Seal"
        description="Entries of the organization form a chain: each seal covers the entry and the seal before it, so that a change behind Millrace's back shows."
        actions={<Button disabled={check.isFetching} onClick={() => void check.refetch()}>{check.isFetching ? "Checking …" : "Check the chain"}</Button>}
      />
      <div role="status" className="px-4 pb-4 text-sm empty:hidden">
        {check.isError ? <p className="text-destructive">The chain could not be checked. {readRefusal(check.error).message}</p> : check.data === undefined || check.isFetching ? null : <Outcome report={check.data} />}
      </div>
    </Card>
  );
}

function Outcome({ report: { events, startSeq, unsealed, signature, problem } }: { report: ChainReport }) {
  if (problem !== null) {
    return (
      <p className="flex items-center gap-2 text-destructive">
        <ShieldAlert className="size-4 shrink-0" aria-hidden />
        {inWords(problem)}
      </p>
    );
  }
  return (
    <p className="flex items-center gap-2">
      {signature.kind === "unreadable" ? <ShieldAlert className="size-4 shrink-0 text-destructive" aria-hidden /> : <ShieldCheck className="size-4 shrink-0 text-status-succeeded" aria-hidden />}
      The chain holds{startSeq === 0 ? "" : ` from entry ${(startSeq + 1).toLocaleString()} on, where retention left off`}: {events.toLocaleString()} sealed {events === 1 ? "entry" : "entries"}
      {unsealed === 0 ? "." : `, ${unsealed.toLocaleString()} to be sealed.`}
      {signature.kind === "signed" ? ` Its end is signed with the key ${signature.key}.` : signature.kind === "unreadable" ? " What signs it could not be checked: whoever looks after the installation has to see to the master key." : ""}
    </p>
  );
}

function inWords(problem: ChainProblem): string {
  switch (problem.kind) {
    case "missing":
      return `Entry ${problem.seq} of the chain is missing.`;
    case "altered":
      return `Entry ${problem.seq} of the chain, or one before it, is not what was sealed (${problem.eventId}).`;
    case "unexplained_start":
      return `Everything up to entry ${problem.seq} is gone, and no entry says that retention removed it.`;
    case "outside":
      return `Entry ${problem.seq} lies outside the ends of the chain: Millrace has not sealed it there.`;
    case "unsigned":
      return `The ends of the chain, up to entry ${problem.seq}, were not signed by Millrace: any entry may have been written anew.`;
    case "set_back":
      return "The chain fits, and the chains of the installation together do not go as far as Millrace signed: one of them, perhaps this one, was set back or taken away.";
    case "key_changed":
      return "The chain fits, and the key that signs the installation's chains was changed where it is stored: what it signed cannot be checked. Whoever looks after the installation looks into it, and makes another with millrace audit new-key.";
  }
}
