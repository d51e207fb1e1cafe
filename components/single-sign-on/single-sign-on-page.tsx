"use client";

import { useOrganization } from "@/components/shell/workspace-context";
import { Alert } from "@/components/ui/alert";
import { ConnectionsCard } from "./connections-card";
import { DomainsCard } from "./domains-card";
import { ScimCard } from "./scim-card";
import { TrialResult } from "./trial-result";

export function SingleSignOnPage({ trial }: { trial: string | null }) {
  const mayWrite = useOrganization()?.permissions.includes("sign-in:write") ?? false;
  if (!mayWrite) return <Alert tone="info" title="Owners of the organization set this up" />;
  return (
    <div className="flex flex-col gap-6">
      {trial === null ? null : <TrialResult testId={trial} />}
      <DomainsCard />
      <ConnectionsCard />
      <ScimCard />
    </div>
  );
}
