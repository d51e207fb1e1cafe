"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { CircleCheck, Link2Off } from "lucide-react";
import { useState, type ReactNode } from "react";
import { ErrorState } from "@/components/data/error-state";
import { readRefusal } from "@/components/data/problem";
import { type RouterOutputs, useTRPC } from "@/components/data/trpc";
import { Logo } from "@/components/shell/logo";
import { Moment } from "@/components/time/moment";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { EmptyState } from "@/components/ui/empty-state";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { SkeletonRows } from "@/components/ui/skeleton";
import { AnswerForm } from "@/components/waits/answer-form";

const ENDINGS = {
  used: "This link was used already. It works once.",
  expired: "The time to answer is over.",
  answered: "Enough people have answered already.",
  cancelled: "The run was cancelled; an answer is no longer needed.",
} as const;

/** The page behind a signed link: whoever has it answers once, without an account. */
export function LinkAnswer({ token }: { token: string }) {
  const trpc = useTRPC();
  const [name, setName] = useState("");
  const link = useQuery({ ...trpc.waits.link.queryOptions({ token }), refetchOnWindowFocus: false });
  const answer = useMutation(trpc.waits.answerLink.mutationOptions());
  if (answer.isSuccess) {
    return (
      <Frame>
        <EmptyState icon={CircleCheck} title="Thank you">
          {answer.data.closed ? "Your answer is stored and the workflow goes on." : `Your answer is stored. ${answer.data.answers} of ${answer.data.requiredAnswers} people have approved.`}
        </EmptyState>
      </Frame>
    );
  }
  if (link.isPending) {
    return (
      <Frame>
        <SkeletonRows count={4} />
      </Frame>
    );
  }
  if (link.isError) {
    const { kind } = readRefusal(link.error);
    return (
      <Frame>
        {kind === "link_invalid" || kind === "not_found" || kind === "invalid_input" ? (
          <EmptyState icon={Link2Off} title="This link is not valid">
            It may be incomplete. Copy the whole of it from the message, or ask for a new one.
          </EmptyState>
        ) : (
          <ErrorState error={link.error} retry={() => void link.refetch()} what="the question" />
        )}
      </Frame>
    );
  }
  const { data } = link;
  if (data.ended !== null) {
    return (
      <Frame>
        <EmptyState icon={Link2Off} title={data.title || "Nothing to answer any more"}>
          {ENDINGS[data.ended]}
        </EmptyState>
      </Frame>
    );
  }
  return (
    <Frame>
      <div className="flex flex-col gap-5 p-6">
        <div className="flex flex-col gap-1.5">
          <p className="flex items-center gap-2 text-xs text-muted-foreground">{data.workflowName}{data.isTest ? <Badge tone="accent">Test</Badge> : null}</p>
          <h1 className="text-lg font-semibold break-words">{data.title || "Approval"}</h1>
          {data.message ? <p className="text-sm break-words whitespace-pre-wrap">{data.message}</p> : null}
          {data.until === null ? null : (
            <p className="text-xs text-muted-foreground">
              To be answered <Moment at={data.until} />
            </p>
          )}
        </div>
        <Owner owner={data.owner} signedInAs={data.signedInAs} />
        {data.owner?.name == null ? (
          <Field label="Your name" hint="Shown with the answer.">
            {(control) => <Input {...control} value={name} maxLength={200} autoComplete="name" onChange={(event) => setName(event.target.value)} />}
          </Field>
        ) : null}
        <AnswerForm
          schema={data.form}
          isBusy={answer.isPending}
          refusal={answer.isError ? readRefusal(answer.error).message : null}
          onAnswer={(given) => answer.mutate({ token, name, ...given })}
        />
      </div>
    </Frame>
  );
}

/** An answer by this link is its owner's, whoever is signed in. */
function Owner({ owner, signedInAs }: Pick<RouterOutputs["waits"]["link"], "owner" | "signedInAs">) {
  if (owner === null) return null;
  const whose = owner.name === null ? owner.address : `${owner.name} (${owner.address})`;
  if (signedInAs === null) return <p className="text-xs break-words text-muted-foreground">This link was mailed to {whose}.</p>;
  return (
    <Alert tone="warning" title="This link is somebody else’s">
      It was mailed to {whose}; you are signed in as {signedInAs}. Your answer would be theirs: ask for a link of your own, or answer under Approvals if you are asked.
    </Alert>
  );
}

function Frame({ children }: { children: ReactNode }) {
  return (
    <main className="flex min-h-dvh flex-col items-center gap-6 p-4 pt-10">
      <div className="flex items-center gap-2.5">
        <Logo className="size-8" />
        <span className="text-lg font-semibold">Millrace</span>
      </div>
      <Card className="w-full max-w-lg">{children}</Card>
    </main>
  );
}
