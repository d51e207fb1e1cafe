"use client";

import { skipToken, useQuery } from "@tanstack/react-query";
import { ArrowUpCircle, GitCompare } from "lucide-react";
import Link from "next/link";
import { useMemo, useState } from "react";
import { changeConfig, changeNode } from "@/components/builder/change-node";
import { ConfigForm } from "@/components/builder/config-form";
import { findNode, type Draft, type DraftNode } from "@/components/builder/draft";
import type { EditSession } from "@/components/builder/edit-session";
import { ErrorState } from "@/components/data/error-state";
import { useTRPC } from "@/components/data/trpc";
import { useHref } from "@/components/shell/workspace-context";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Label } from "@/components/ui/label";
import { Select } from "@/components/ui/select";
import { SkeletonRows } from "@/components/ui/skeleton";
import type { ModuleView } from "@/server/modules/contract";
import { type FormSchema, formOf } from "@/server/nodes/form";
import type { WorkflowProblem } from "@/server/workflows/contract";
import { BlockVersionsDialog } from "./block-versions-dialog";

export interface ModuleSetupProps {
  node: DraftNode;
  draft: Draft;
  session: EditSession;
  /** Where the node's config stands in the definition. */
  base: string;
  problems: readonly WorkflowProblem[];
}

/** As it arrives: unknown values may be absent. */
type Module = Omit<ModuleView, "inputSchema">;

const RULES = { isLiteral: () => false };

/** Which block a step uses and in which version, and what goes into it. */
export function ModuleSetup({ node, draft, session, base, problems }: ModuleSetupProps) {
  const trpc = useTRPC();
  const limits = useMemo(() => limitsForm(), []);
  const modules = useQuery(trpc.modules.list.queryOptions());
  const config = node.config ?? {};
  const { module: slug, version: number } = config;
  const chosen = modules.data?.find((one) => one.slug === slug);
  const version = useQuery(trpc.modules.version.queryOptions(chosen === undefined || typeof number !== "number" ? skipToken : { module: chosen.slug, version: number }));
  if (modules.isError) return <ErrorState error={modules.error} retry={() => void modules.refetch()} what="the blocks" />;
  if (!modules.isSuccess) return <SkeletonRows count={3} />;
  if (modules.data.length === 0 && chosen === undefined) {
    return <p className="text-sm text-muted-foreground">The workspace has no blocks yet. Select steps on a canvas and choose “Save as block”.</p>;
  }
  const put = (module: Module) =>
    session.apply("choose a block", (current) => changeNode(changeConfig(current, node.id, { ...findNode(current, node.id)?.config, module: module.slug, version: module.latest }), node.id, { name: module.name }));
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-col gap-1.5">
        <Label htmlFor="block-of-step">Block</Label>
        <Select
          id="block-of-step"
          value={chosen?.slug}
          placeholder={typeof slug === "string" && slug !== "" ? `${slug} is not there` : "Choose a block"}
          onValueChange={(next) => put(modules.data.find((one) => one.slug === next)!)}
          options={modules.data.map((one) => ({ value: one.slug, label: one.name }))}
        />
        {chosen?.description ? <p className="text-xs text-muted-foreground">{chosen.description}</p> : null}
      </div>
      {chosen !== undefined && typeof number === "number" ? <VersionPart key={chosen.slug} module={chosen} number={number} onTake={() => put(chosen)} /> : null}
      {version.isSuccess ? (
        <ConfigForm
          draft={draft}
          nodeId={node.id}
          schema={version.data.inputSchema}
          value={asObject(config.input)}
          base={`${base}/input`}
          problems={problems}
          rules={RULES}
          onChange={(input, field) => session.applySoon("change the setup", (current) => changeConfig(current, node.id, { ...findNode(current, node.id)?.config, input }), `${node.id}/config/input/${field}`)}
        />
      ) : null}
      {chosen !== undefined ? (
        <ConfigForm
          draft={draft}
          nodeId={node.id}
          schema={limits}
          value={limitsOf(config)}
          base={base}
          problems={problems}
          rules={RULES}
          onChange={(next) =>
            session.applySoon("change the setup", (current) => {
              const { expiresAfterSeconds: _, ...rest } = findNode(current, node.id)?.config ?? {};
              return changeConfig(current, node.id, { ...rest, ...limitsOf(next) });
            }, `${node.id}/config/expiresAfterSeconds`)
          }
        />
      ) : null}
    </div>
  );
}

/** What may be set besides, whichever block it is. */
function limitsForm(): FormSchema {
  const { expiresAfterSeconds = {} } = formOf("module")?.properties ?? {};
  return { type: "object", properties: { expiresAfterSeconds }, additionalProperties: false };
}

function VersionPart({ module, number, onTake }: { module: Module; number: number; onTake: () => void }) {
  const href = useHref();
  const [isComparing, setIsComparing] = useState(false);
  const isOld = number < module.latest;
  return (
    <>
      {isOld ? (
        <Alert
          title={`Version ${module.latest} is there; this step uses version ${number}.`}
          actions={
            <>
              <Button size="sm" onClick={onTake}><ArrowUpCircle aria-hidden />Take version {module.latest}</Button>
              <Button size="sm" onClick={() => setIsComparing(true)}><GitCompare aria-hidden />What is different</Button>
            </>
          }
        />
      ) : (
        <p className="text-xs text-muted-foreground">Version {number}, the newest.</p>
      )}
      <Link href={href(`/workflows/blocks/${module.slug}`)} className="self-start text-xs text-primary hover:underline">Open the block</Link>
      {isComparing ? <BlockVersionsDialog block={module} before={number} after={module.latest} close={() => setIsComparing(false)} /> : null}
    </>
  );
}

function limitsOf({ expiresAfterSeconds }: Record<string, unknown>): Record<string, unknown> {
  return expiresAfterSeconds === undefined ? {} : { expiresAfterSeconds };
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
