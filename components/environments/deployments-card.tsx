"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowUpFromLine, History } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "@/components/data/trpc";
import { useMayIn } from "@/components/shell/rights";
import { Moment } from "@/components/time/moment";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from "@/components/ui/dropdown-menu";
import type { DeploymentsOfWorkflow, DeploymentView } from "@/server/deployments/contract";
import { EnvironmentBadge } from "./environment-badge";
import { PromoteDialog } from "./promote-dialog";

type Place = DeploymentsOfWorkflow["environments"][number];
interface Wanted {
  environment: string;
  versionId: string | undefined;
}

/** Which version each environment has, with the way to the next one and back. Nothing where the workspace has no environments. */
export function DeploymentsCard({ workflow }: { workflow: { id: string; archivedAt: string | null } }) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.deployments.ofWorkflow.queryOptions({ workflowId: workflow.id }));
  const mayPublish = useMayIn(workflow.id, "workflow:publish") && workflow.archivedAt === null;
  const [wanted, setWanted] = useState<Wanted | null>(null);
  if (data === undefined || data.environments.length === 0) return null;
  return (
    <section aria-label="Environments" className="mb-4 rounded-lg border bg-card">
      <ol className="divide-y">
        {data.environments.map((place, index) => {
          const before = data.environments[index - 1];
          const comes = before?.current != null && before.current.version.id !== place.current?.version.id ? before.current : null;
          const earlier = earlierOf(data, place);
          return (
            <li key={place.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
              <div className="flex min-w-0 flex-1 basis-56 flex-col gap-1">
                <p className="flex flex-wrap items-center gap-2">
                  <EnvironmentBadge environment={place} className="text-sm text-foreground" />
                  <span className="text-sm font-medium">{place.current === null ? "No version" : `Version ${place.current.version.number}`}</span>
                  {place.isLive ? <Badge tone="success">Live</Badge> : null}
                </p>
                {place.current === null ? null : <How deployment={place.current} />}
              </div>
              {mayPublish && place.mayPromote ? (
                <div className="flex flex-wrap gap-2">
                  {comes === null ? null : (
                    <Button size="sm" onClick={() => setWanted({ environment: place.slug, versionId: undefined })} aria-label={`Promote version ${comes.version.number} to ${place.name}`}>
                      <ArrowUpFromLine aria-hidden />
                      Promote version {comes.version.number}
                    </Button>
                  )}
                  {earlier.length === 0 ? null : (
                    <DropdownMenu>
                      <DropdownMenuTrigger asChild>
                        <Button size="sm" variant="ghost" aria-label={`Roll back ${place.name}`}>
                          <History aria-hidden />
                          Roll back
                        </Button>
                      </DropdownMenuTrigger>
                      <DropdownMenuContent align="end">
                        {earlier.map(({ id, version, at }) => (
                          <DropdownMenuItem key={id} onSelect={() => setWanted({ environment: place.slug, versionId: version.id })}>
                            Version {version.number}
                            <span className="ml-auto pl-4 text-xs text-muted-foreground"><Moment at={at} /></span>
                          </DropdownMenuItem>
                        ))}
                      </DropdownMenuContent>
                    </DropdownMenu>
                  )}
                </div>
              ) : null}
            </li>
          );
        })}
      </ol>
      {wanted === null ? null : <PromoteDialog workflowId={workflow.id} {...wanted} close={() => setWanted(null)} />}
    </section>
  );
}

function How({ deployment: { kind, from, by, at, note } }: { deployment: DeploymentView }) {
  const how = { initial: "There when environments were added", published: "Published", promoted: `Promoted from ${from?.name ?? "another environment"}`, rolled_back: "Rolled back" }[kind];
  return (
    <p className="text-xs text-muted-foreground">
      {how} <Moment at={at} />
      {by === null || kind === "initial" ? "" : ` by ${by.name}`}
      {note === "" ? "" : `: ${note}`}
    </p>
  );
}

/** Each version once, the newest first. */
function earlierOf({ history }: DeploymentsOfWorkflow, { id, current }: Place): DeploymentView[] {
  const found = new Map<string, DeploymentView>();
  for (const one of history) if (one.environmentId === id && one.version.id !== current?.version.id && !found.has(one.version.id)) found.set(one.version.id, one);
  return [...found.values()];
}
