"use client";

import { StatusBadge } from "@/components/status/status-badge";
import { PageHeader } from "@/components/shell/page-header";
import { useHref } from "@/components/shell/workspace-context";
import { Duration, Moment } from "@/components/time/moment";
import { Badge } from "@/components/ui/badge";
import Link from "next/link";
import type { ReactNode } from "react";
import { LiveIndicator } from "./live-indicator";
import { RunActions } from "./run-actions";
import { EnvironmentBadge } from "@/components/environments/environment-badge";
import { isFinal, type RunModel } from "./run-model";
import { triggerLabel } from "./triggers";

/** Of the runs that this one began; a loop may begin hundreds. */
const CHILDREN_SHOWN = 3;

export function RunHeader({ model, inputSchema }: { model: RunModel; inputSchema: unknown }) {
  const href = useHref();
  const { run } = model;
  const isOver = isFinal(run.status);
  return (
    <PageHeader
      crumbs={[
        { label: "Runs", href: href("/runs") },
        ...(run.workflow === null ? [] : [{ label: run.workflow.name, href: href(`/runs?workflow=${run.workflow.id}`) }]),
      ]}
      title={run.workflow?.name ?? "Run of a file"}
      meta={
        <>
          <StatusBadge status={run.status} />
          {run.mode === "test" ? <Badge tone="accent">Test</Badge> : null}
          {run.environment === null ? null : <EnvironmentBadge environment={run.environment} />}
          {run.kept ? <Badge>Kept</Badge> : null}
          {isOver ? null : <LiveIndicator />}
        </>
      }
      actions={<RunActions run={run} inputSchema={inputSchema} />}
    >
      <dl className="flex flex-wrap gap-x-6 gap-y-1 text-xs text-muted-foreground">
        <Fact name="Started">{<Moment at={run.startedAt ?? run.createdAt} />}</Fact>
        <Fact name={isOver ? "Took" : "So far"}>
          <Duration from={run.startedAt ?? run.createdAt} to={run.finishedAt} className="tabular-nums" />
        </Fact>
        <Fact name="By">{`${triggerLabel(run.trigger)}${run.startedBy === null ? "" : `, ${run.startedBy}`}`}</Fact>
        {run.identity === null ? null : <Fact name="Acts for">{nameOfIdentity(run.identity)}</Fact>}
        {run.workflow === null ? null : (
          <Fact name="Version">
            <RunLink href={href(`/workflows/${run.workflow.id}${run.version?.number == null ? "" : `?view=versions&version=${run.version.number}`}`)}>{run.version?.number ?? "Draft"}</RunLink>
          </Fact>
        )}
        {run.parentRunId === null ? null : (
          <Fact name="Part of">
            <RunLink href={href(`/runs/${run.parentRunId}`)}>another run</RunLink>
          </Fact>
        )}
        {run.rerunOf === null ? null : (
          <Fact name="Repeats">
            <RunLink href={href(`/runs/${run.rerunOf.runId}`)}>{run.rerunOf.path === "" ? "another run" : `another run from ${run.rerunOf.path}`}</RunLink>
          </Fact>
        )}
        {run.children.length > 0 ? (
          <Fact name="Began">
            {run.children.slice(0, CHILDREN_SHOWN).map((child, index) => (
              <span key={child.runId}>
                {index > 0 ? ", " : ""}
                <RunLink href={href(`/runs/${child.runId}`)}>{`${child.path} (${child.status})`}</RunLink>
              </span>
            ))}
            {run.children.length > CHILDREN_SHOWN ? (
              <>
                {", "}
                <RunLink href={href(`/runs?parent=${run.id}`)}>{run.hasMoreChildren ? `and more than ${run.children.length - CHILDREN_SHOWN} more` : `and ${run.children.length - CHILDREN_SHOWN} more`}</RunLink>
              </>
            ) : null}
          </Fact>
        ) : null}
        {Object.entries(run.labels).map(([name, value]) => (
          <Fact key={name} name={name}>{value}</Fact>
        ))}
      </dl>
    </PageHeader>
  );
}

/** With what they might do when the run was made. */
function nameOfIdentity({ type, name, roles }: NonNullable<RunModel["run"]["identity"]>): string {
  const shown = type === "workspace" ? "the workspace" : type === "system" ? "the installation" : name;
  return roles.length === 0 ? shown : `${shown} (${roles.join(", ")})`;
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex gap-1.5">
      <dt>{name}</dt>
      <dd className="text-foreground">{children}</dd>
    </div>
  );
}

function RunLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} className="text-primary underline-offset-4 hover:underline">
      {children}
    </Link>
  );
}
