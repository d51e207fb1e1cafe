"use client";

import { useQuery } from "@tanstack/react-query";
import { ArrowLeft, Building2, Plus } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { DataProvider } from "@/components/data/data-provider";
import { useTRPC } from "@/components/data/trpc";
import { WorkspaceDialog } from "@/components/people/workspace-dialog";
import { SettingsList } from "@/components/settings/settings-list";
import { Logo } from "@/components/shell/logo";
import { PageHeader } from "@/components/shell/page-header";
import { ThemeMenu } from "@/components/shell/theme-menu";
import { Moment } from "@/components/time/moment";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import type { Me } from "@/server/auth/contract";
import type { OwnOrganizationView } from "@/server/organizations/contract";
import { useChangeOrganization } from "./use-change-organization";

type Workspaces = Me["workspaces"];

/** Every organization that somebody is in, with its workspaces that they can open. It belongs to none of them. */
export function OrganizationsPage({ workspaces }: { workspaces: Workspaces }) {
  const trpc = useTRPC();
  const own = useQuery(trpc.organizations.own.queryOptions());
  return (
    <>
      <header className="flex items-center gap-3 border-b bg-sidebar px-4 py-2 sm:px-6">
        <Logo className="size-7" />
        {workspaces.length > 0 ? <Button asChild variant="ghost"><Link href="/"><ArrowLeft aria-hidden />Back to your workspaces</Link></Button> : null}
        <div className="ml-auto"><ThemeMenu /></div>
      </header>
      <main>
        <PageHeader title="Your organizations" />
        <div className="mx-auto w-full max-w-3xl px-4 py-5 sm:px-6">
          <SettingsList
            title="Organizations"
            description="Each with the workspaces that you can open."
            query={own}
            empty={{ icon: Building2, title: "You are in no organization", text: "Somebody who manages one can invite you." }}
          >
            {(items) => <ul aria-label="Organizations" className="divide-y">{items.map((item) => <OrganizationRow key={item.id} organization={item} workspaces={workspaces.filter(({ organizationId }) => organizationId === item.id)} />)}</ul>}
          </SettingsList>
        </div>
      </main>
    </>
  );
}

function OrganizationRow({ organization, workspaces }: { organization: OwnOrganizationView; workspaces: Workspaces }) {
  const { id: organizationId, slug, name, role, people, archivedAt, deletedAt, purgeAt, permissions } = organization;
  const [isMaking, setMaking] = useState(false);
  const change = useChangeOrganization();
  const isDeleted = deletedAt !== null;
  return (
    <li className="flex flex-col gap-3 px-4 py-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <div className="flex min-w-0 flex-1 flex-col gap-1">
          <span className="flex flex-wrap items-center gap-2 font-medium break-words">
            {name} <Badge>{role}</Badge>
            {isDeleted ? <Badge tone="danger">deleted</Badge> : archivedAt !== null ? <Badge tone="warning">archived</Badge> : null}
          </span>
          <span className="text-xs text-muted-foreground">{people} {people === 1 ? "person" : "people"}{purgeAt === null ? "" : <>, gone for good <Moment at={purgeAt} /></>}</span>
        </div>
        {isDeleted ? <Button variant="primary" size="sm" disabled={change.isPending} onClick={() => change.mutate({ organizationId, action: "restore" }, { onSuccess: () => window.location.reload() })}>Restore</Button> : null}
        {!isDeleted && archivedAt !== null && permissions.includes("organization:delete") ? <Button size="sm" disabled={change.isPending} onClick={() => change.mutate({ organizationId, action: "unarchive" }, { onSuccess: () => window.location.reload() })}>Use it again</Button> : null}
        {!isDeleted && archivedAt === null && permissions.includes("workspace:create") ? <Button size="sm" aria-label={`New workspace in ${name}`} onClick={() => setMaking(true)}><Plus aria-hidden />New workspace</Button> : null}
      </div>
      {isDeleted ? null : workspaces.length === 0 ? (
        <p className="text-sm text-muted-foreground">No workspace here is open to you.</p>
      ) : (
        <ul aria-label={`Workspaces of ${name}`} className="flex flex-wrap gap-2">
          {workspaces.map((workspace) => (
            <li key={workspace.id}><Button asChild size="sm"><a href={`/${workspace.slug}`}>{workspace.name}{workspace.isArchived && archivedAt === null ? " (archived)" : ""}</a></Button></li>
          ))}
        </ul>
      )}
      {isMaking ? <DataProvider workspace={null} organization={slug}><WorkspaceDialog workspace={null} close={() => setMaking(false)} /></DataProvider> : null}
    </li>
  );
}
