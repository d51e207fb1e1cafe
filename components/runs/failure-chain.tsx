"use client";

import Link from "next/link";
import { useHref } from "@/components/shell/workspace-context";
import type { FailureCause } from "@/server/runs/contract";
import { FailedExpression } from "./failed-expression";
import type { FailureLink } from "./describe-failure";

interface FailureChainProps {
  chain: readonly FailureLink[];
  causes: readonly FailureCause[];
  onShowStep: (path: string) => void;
}

const INDENT_REM = 0.75;
/** Deeper ones keep their place for what they say. */
const DEEPEST_INDENT = 8;

/** How one failure became the run's: from the outermost step inwards, and on into the runs that steps waited for. */
export function FailureChain({ chain, causes, onShowStep }: FailureChainProps) {
  const href = useHref();
  if (chain.length < 2 && causes.length === 0) return null;
  const last = causes.at(-1);
  return (
    <>
      <ol aria-label="How it came to this" className="mt-1 flex flex-col gap-0.5 text-xs">
        {chain.map((link, index) => (
          <Entry key={link.path} depth={index} message={index > 0 && link.message === chain[index - 1]?.message ? null : link.message}>
            <button type="button" className="shrink-0 text-primary underline-offset-4 hover:underline" onClick={() => onShowStep(link.path)}>{link.name}</button>
          </Entry>
        ))}
        {causes.map(({ runId, workflow, status, nodeName, failure }, index) => (
          <Entry key={runId} depth={chain.length + index} message={failure?.message ?? status}>
            <Link className="shrink-0 text-primary underline-offset-4 hover:underline" href={href(`/runs/${runId}${failure?.path === undefined ? "" : `?step=${encodeURIComponent(failure.path)}`}`)}>
              {`${workflow?.name ?? "Block"}${nodeName === null ? "" : `: ${nodeName}`}`}
            </Link>
          </Entry>
        ))}
      </ol>
      {last?.expression == null ? null : <FailedExpression text={last.expression} />}
    </>
  );
}

function Entry({ depth, message, children }: { depth: number; message: string | null; children: React.ReactNode }) {
  return (
    <li className="flex gap-1.5" style={{ paddingLeft: `${Math.min(depth, DEEPEST_INDENT) * INDENT_REM}rem` }}>
      {children}
      {message === null ? null : <span className="min-w-0 truncate text-muted-foreground" title={message}>{message}</span>}
    </li>
  );
}
