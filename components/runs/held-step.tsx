"use client";

import Link from "next/link";
import { useHref } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import type { HeldStep } from "./held-steps";

interface HeldStepProps {
  step: HeldStep;
  runId: string;
  /** Name of the step, where that is not plain from the place. */
  name?: string;
  onShow?: () => void;
}

/** Why a step does not begin, since when, and whose places it waits for. */
export function HeldStepAlert({ step, runId, name, onShow }: HeldStepProps) {
  return (
    <Alert title={name === undefined ? step.text : `${name}: ${step.text.charAt(0).toLowerCase()}${step.text.slice(1)}`} actions={onShow === undefined ? null : <Button size="sm" onClick={onShow}>Show the step</Button>}>
      <p>
        Since <Moment at={step.since} />.{step.line === null ? null : step.line.ahead === 0 ? " It is the next one." : ` ${step.line.ahead.toLocaleString()}${step.line.aheadIsMore ? " and more" : ""} wait before it.`}
      </p>
      {step.line === null || step.line.holders.length === 0 ? null : <Holders holders={step.line.holders} runId={runId} />}
    </Alert>
  );
}

function Holders({ holders, runId }: { holders: NonNullable<HeldStep["line"]>["holders"]; runId: string }) {
  const href = useHref();
  return (
    <p>
      At work:{" "}
      {holders.map((holder, index) => (
        <span key={`${holder.runId} ${holder.path}`}>
          {index === 0 ? "" : ", "}
          <Link className="font-mono underline underline-offset-4" href={href(`/runs/${holder.runId}?step=${encodeURIComponent(holder.path)}`)}>
            {holder.runId === runId ? holder.path : `${holder.runId.slice(-8)} ${holder.path}`}
          </Link>
        </span>
      ))}
    </p>
  );
}
