"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTRPC, type RouterOutputs } from "@/components/data/trpc";
import { useHref } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { Alert } from "@/components/ui/alert";
import { limitText } from "./held-steps";

type Reason = NonNullable<RouterOutputs["limits"]["why"]>;
type Brief = RouterOutputs["limits"]["briefs"][number]["reason"];

const REFRESH_MILLISECONDS = 3_000;
const MAY_WAIT = ["queued", "running", "blocked", "waiting"];

/** Why an unfinished run does not go on, when a limit, a missing worker or the database is the reason. */
export function WaitReason({ run }: { run: { id: string; status: string } }) {
  const trpc = useTRPC();
  const isWaiting = MAY_WAIT.includes(run.status);
  const why = useQuery({ ...trpc.limits.why.queryOptions({ runId: run.id }), enabled: isWaiting, refetchInterval: REFRESH_MILLISECONDS });
  if (!isWaiting || why.data == null) return null;
  return (
    <div className="shrink-0 border-b p-3 sm:px-6">
      <Alert tone={why.data.kind === "refused" || why.data.kind === "unstorable" ? "warning" : "info"} title={titleOf(why.data)}>
        <Detail reason={why.data} />
      </Alert>
    </div>
  );
}

export function titleOf(reason: Brief): string {
  switch (reason.kind) {
    case "concurrency":
      return `Waits for a place: ${limitText(reason.limit, reason.key)}`;
    case "steps":
      return `${reason.count === 1 ? `The step ${reason.nodeId} waits` : `${reason.count} steps wait`} for a place: ${limitText(reason.limit, null)}`;
    case "workspace":
      return `Waits for a place: the workspace runs ${reason.running} of ${reason.limit} at the same time`;
    case "throttle":
      return `Waits for its turn: ${reason.limit} may start within ${reason.periodSeconds} s${ofKey(reason.key)}`;
    case "debounce":
      return reason.count === 1 ? `Waits for newer runs${ofKey(reason.key)}, which would take its place` : `Stands for ${reason.count} runs${ofKey(reason.key)}, and waits for newer ones`;
    case "workers":
      return `Waits for a worker: ${reason.places === 1 ? "the only place" : `all ${reason.places.toLocaleString()} places`} of the pool “${reason.pool}” ${reason.places === 1 ? "is" : "are"} taken`;
    case "memory":
      return `Waits for memory: it was given ${megabytesOf(reason.bytes)}, and workers are busy with other large runs`;
    case "suspect":
      return `Waits to be watched: ${reason.losses} workers were lost while they held it, and each watches one such run at a time`;
    case "refused":
      return `${reason.isAtWork ? "Held by" : "Waits for"} the database, which refused ${reason.times === 1 ? "once" : `${reason.times} times`} what the run has to write`;
    case "unstorable":
      return reason.path === null ? "Held: the database cannot store a value of the run" : `Held: the database cannot store a value of the step ${reason.path}`;
    case "no_worker":
      return `Waits for a worker: none that serves the pool “${reason.pool}” is alive`;
  }
}

function Detail({ reason }: { reason: Reason }) {
  const href = useHref();
  switch (reason.kind) {
    case "concurrency":
      return (
        <p>
          {reason.ahead === 0 ? "It is the next one." : `${reason.ahead.toLocaleString()}${reason.aheadIsMore ? " and more" : ""} wait before it.`} At work:{" "}
          {reason.holders.map((id, index) => (
            <span key={id}>
              {index === 0 ? "" : ", "}
              <Link className="font-mono underline underline-offset-4" href={href(`/runs/${id}`)}>{id.slice(-8)}</Link>
            </span>
          ))}
        </p>
      );
    case "workspace":
      return <Link className="underline underline-offset-4" href={href("/settings/limits")}>Limits of the workspace</Link>;
    case "throttle":
      return <p>{reason.ahead === 0 ? "It is the next one." : `${reason.ahead.toLocaleString()}${reason.aheadIsMore ? " and more" : ""} ${reason.ahead === 1 ? "goes" : "go"} before it.`} {reason.until === null ? null : <>Goes on <Moment at={reason.until} />.</>}</p>;
    case "debounce":
      return reason.until === null ? null : <p>Goes on <Moment at={reason.until} />.</p>;
    case "workers":
      return (
        <p>
          {aheadText(reason)} {reason.isShared ? "Runs of other workspaces wait there too: workspaces take turns. " : ""}
          <Link className="underline underline-offset-4" href={href("/settings/workers")}>Workers</Link>
        </p>
      );
    case "refused":
      return (
        <>
          <Said {...reason} />
          <p>
            {reason.isAtWork ? "Steps that are at work go on to their end, and nothing new begins. " : ""}
            {reason.until === null ? null : <>Tried again <Moment at={reason.until} />. </>}
            It goes on by itself once that is put right in the database, by whoever looks after it.
          </p>
        </>
      );
    case "unstorable":
      return (
        <>
          <Said {...reason} />
          <p>
            Steps that are at work go on to their end, and nothing new begins. {reason.path === null ? "The run" : "That step"} fails then; nothing is tried again. Cancel the run if nobody needs what they give.
          </p>
        </>
      );
    case "memory":
    case "suspect":
    case "no_worker":
      return <Link className="underline underline-offset-4" href={href("/settings/workers")}>Workers</Link>;
  }
}

function Said({ message, since }: { message: string; since: string | null }) {
  return (
    <p>
      It says <code className="break-words font-mono">{message}</code>{since === null ? "." : <>, since <Moment at={since} />.</>}
    </p>
  );
}

const ofKey = (key: string | null) => (key === null ? "" : ` for ${key}`);

const megabytesOf = (bytes: number) => `${(bytes / 1_048_576).toFixed(1)} MB`;

function aheadText({ ahead, aheadIsMore }: Extract<Reason, { kind: "workers" }>): string {
  if (ahead === 0) return "It is the next one of this workspace.";
  return `${ahead.toLocaleString()}${aheadIsMore ? " and more" : ""} of this workspace ${ahead === 1 ? "goes" : "go"} before it.`;
}
