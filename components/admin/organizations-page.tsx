"use client";

import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Building2, Plus } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { SettingsList } from "@/components/settings/settings-list";
import { Moment } from "@/components/time/moment";
import { UsageCells, UsageHeads } from "@/components/usage/usage-table";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { OrganizationRow } from "@/server/admin/contract";
import { OrganizationQuotas } from "./organization-quotas";
import { SearchBox } from "./search-box";

export function OrganizationsPage() {
  const trpc = useTRPC();
  const [search, setSearch] = useState("");
  const organizations = useInfiniteQuery({ ...trpc.admin.organizations.infiniteQueryOptions({ search }, { getNextPageParam: (page) => page.nextCursor }), placeholderData: keepPreviousData });
  const [open, setOpen] = useState<{ kind: "new" } | { kind: "quotas"; organization: OrganizationRow } | null>(null);
  return (
    <>
      <SettingsList
        title="Organizations"
        description="With what they use this month."
        actions={
          <div className="flex flex-wrap items-center gap-2">
            <SearchBox label="Search organizations" onSearch={setSearch} />
            <Button variant="primary" onClick={() => setOpen({ kind: "new" })}><Plus aria-hidden />New organization</Button>
          </div>
        }
        query={{ ...organizations, data: organizations.data?.pages.flatMap((page) => page.items) }}
        more={organizations}
        empty={{ icon: Building2, title: search === "" ? "No organizations" : "No organization of that name", text: "" }}
      >
        {(items) => (
          <Table label="Organizations">
            <TableHeader>
              <tr>
                <TableHead>Organization</TableHead>
                <TableHead className="text-right">People</TableHead>
                <TableHead className="text-right">Workspaces</TableHead>
                <UsageHeads />
                <TableHead>Quotas</TableHead>
              </tr>
            </TableHeader>
            <TableBody>
              {items.map((organization) => (
                <TableRow key={organization.id}>
                  <TableCell>
                    <span className="flex items-center gap-2 font-medium whitespace-nowrap">
                      {organization.name}
                      {organization.stopped ? <Badge tone="danger">quota used up</Badge> : null}
                    </span>
                    <span className="text-xs whitespace-nowrap text-muted-foreground">{organization.slug}, since <Moment at={organization.createdAt} /></span>
                  </TableCell>
                  <TableCell className="text-right tabular-nums">{organization.people.toLocaleString()}</TableCell>
                  <TableCell className="text-right whitespace-nowrap tabular-nums">
                    <Link className="underline underline-offset-4" href={`/admin/usage?organization=${organization.id}`}>{organization.workspaces.toLocaleString()}</Link>
                    {organization.deletedWorkspaces === 0 ? "" : ` (+${organization.deletedWorkspaces} deleted)`}
                  </TableCell>
                  <UsageCells usage={organization.usage} />
                  <TableCell><Button size="sm" aria-label={organization.quotas === 0 ? `Set quotas of ${organization.name}` : `${organization.quotas} quotas of ${organization.name}`} onClick={() => setOpen({ kind: "quotas", organization })}>{organization.quotas === 0 ? "Set" : organization.quotas}</Button></TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        )}
      </SettingsList>
      {open?.kind === "new" ? <NewOrganization close={() => setOpen(null)} /> : null}
      {open?.kind === "quotas" ? <OrganizationQuotas organization={open.organization} close={() => setOpen(null)} /> : null}
    </>
  );
}

function NewOrganization({ close }: { close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [name, setName] = useState("");
  const create = useMutation(trpc.organizations.create.mutationOptions({
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: trpc.admin.pathKey() });
      close();
    },
  }));
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title="New organization"
        description="You become its first owner, and hand that on from inside."
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button variant="primary" disabled={name.trim() === "" || create.isPending} onClick={() => create.mutate({ name })}>Make it</Button>
          </>
        }
      >
        <div className="flex flex-col gap-4">
          {create.isError ? <Alert tone="danger" title={readRefusal(create.error).message} /> : null}
          <Field label="Name" required>{(control) => <Input {...control} value={name} maxLength={100} onChange={(event) => setName(event.target.value)} />}</Field>
        </div>
      </DialogContent>
    </Dialog>
  );
}
