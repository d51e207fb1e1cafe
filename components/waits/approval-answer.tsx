"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link as LinkIcon } from "lucide-react";
import { useState } from "react";
import { toast } from "@/components/ui/toast";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { useMay } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Input } from "@/components/ui/input";
import type { ApprovalView } from "./approval-view";
import { JsonTree } from "@/components/values/json-tree";
import { AnswerForm } from "./answer-form";
import { AskedPeople } from "./asked-people";
import { OpenLinks } from "./open-links";
import { WaitTimes } from "./wait-times";

export interface ApprovalAnswerProps {
  wait: ApprovalView;
  onAnswered?: () => void;
  /** Says by which keys the form is answered. */
  withKeys?: boolean;
}

/** Who is asked, answers so far, and the form for one's own. */
export function ApprovalAnswer({ wait, onAnswered, withKeys }: ApprovalAnswerProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  // Where several have to answer, a link is a second answer: those who keep the workspace alone hand one on.
  const mayKeep = useMay("settings:write");
  const answer = useMutation(
    trpc.waits.answer.mutationOptions({
      onSuccess: async ({ closed, answers, requiredAnswers }, { decision }) => {
        toast.success(closed ? `${decision === "rejected" ? "Rejected" : "Approved"}. The run goes on.` : `Noted: ${answers} of ${requiredAnswers} approvals.`);
        onAnswered?.();
        await queryClient.invalidateQueries({ queryKey: trpc.waits.pathKey() });
      },
    }),
  );
  return (
    <div className="flex flex-col gap-4">
      <WaitTimes wait={wait} />
      <AskedPeople wait={wait} />
      {wait.responses.length > 0 ? (
        <ul className="flex flex-col gap-1.5 text-sm">
          {wait.responses.map((response) => (
            <li key={response.id} className="flex flex-wrap items-center gap-2">
              <Badge tone={response.decision === "approved" ? "success" : "danger"}>{response.decision === "approved" ? "Approved" : "Rejected"}</Badge>
              <span>{response.by}</span>
              <span className="text-xs text-muted-foreground"><Moment at={response.at} /></span>
              {response.comment ? <span className="w-full break-words whitespace-pre-wrap text-muted-foreground">{response.comment}</span> : null}
              {response.values == null ? null : <JsonTree value={response.values} className="w-full" />}
            </li>
          ))}
        </ul>
      ) : null}
      {wait.mayAnswer ? (
        <>
          <AnswerForm
            schema={wait.form}
            withKeys={withKeys}
            isBusy={answer.isPending}
            refusal={answer.isError ? readRefusal(answer.error).message : null}
            onAnswer={(given) => answer.mutate({ waitId: wait.id, ...given })}
          />
          {wait.requiredAnswers > 1 && !mayKeep ? null : <LinkMaker waitId={wait.id} several={wait.requiredAnswers > 1} />}
        </>
      ) : (
        <p className="text-sm text-muted-foreground">{wait.refusal ?? "You cannot answer this."}</p>
      )}
      {wait.seesLinks ? <OpenLinks waitId={wait.id} /> : null}
    </div>
  );
}

/** A link by which somebody without an account answers once. */
function LinkMaker({ waitId, several }: { waitId: string; several: boolean }) {
  const trpc = useTRPC();
  const [recipient, setRecipient] = useState("");
  const queryClient = useQueryClient();
  const create = useMutation(trpc.waits.createLink.mutationOptions({ onSuccess: () => queryClient.invalidateQueries({ queryKey: trpc.waits.links.pathKey() }), onError: (error) => void toast.error(readRefusal(error).message) }));
  if (create.isSuccess) {
    return (
      <div className="flex items-center gap-2 text-xs">
        <code className="min-w-0 flex-1 truncate rounded-md border bg-muted px-2 py-1.5 font-mono" data-testid="answer-link">{create.data.url}</code>
        <CopyButton text={create.data.url} label="Copy link" showLabel />
      </div>
    );
  }
  return (
    <details className="text-sm">
      <summary className="cursor-pointer text-muted-foreground hover:text-foreground">Let somebody else answer by link</summary>
      {several ? <p className="mt-1 text-xs text-muted-foreground">An answer by it counts in place of yours: who holds a link nobody knows.</p> : null}
      <div className="mt-2 flex flex-wrap gap-2">
        <Input
          aria-label="Who answers"
          placeholder="Who answers (name or e-mail)"
          value={recipient}
          onChange={(event) => setRecipient(event.target.value)}
          className="h-8 w-64"
          maxLength={320}
        />
        <Button size="sm" className="h-8" onClick={() => create.mutate({ waitId, recipient })} disabled={create.isPending}>
          <LinkIcon aria-hidden />
          Make a link
        </Button>
      </div>
      <p className="mt-1.5 text-xs text-muted-foreground">It works once, for this step only, without signing in, for at most 14 days and as long as you may answer.</p>
    </details>
  );
}
