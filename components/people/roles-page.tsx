"use client";

import { useQuery } from "@tanstack/react-query";
import { Check, Pencil, Plus } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "@/components/data/trpc";
import { useOrganization } from "@/components/shell/workspace-context";
import { EntryHeading, EntryLink } from "@/components/settings/entry";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { PERMISSION_RULES, PERMISSIONS, ROLE_PERMISSIONS, ROLES } from "@/server/auth/permissions";
import type { RoleView } from "@/server/organizations/contract";
import { CustomRoleDialog } from "./custom-role-dialog";
import { ExplainAccess } from "./explain-access";

/** The table of permissions as a matrix: what each role may do, and the organization's own roles beside them. */
export function RolesPage() {
  const trpc = useTRPC();
  const mayWrite = useOrganization()?.permissions.includes("role:write") ?? false;
  const custom = useQuery(trpc.organizations.roles.queryOptions());
  const [open, setOpen] = useState<{ role: RoleView | null } | null>(null);
  const columns = [...ROLES.map((role) => ({ id: role as string, name: role as string, has: ROLE_PERMISSIONS[role] as readonly string[], role: null })), ...(custom.data ?? []).map((role) => ({ id: role.id, name: role.name, has: role.permissions, role }))];
  return (
    <div className="flex flex-col gap-6">
      <Card>
        <CardHeader
          title="Roles"
          description="What each role may do. Several roles of a person add up. Those marked with a folder can be given in one folder or on one workflow too."
          actions={mayWrite ? (
            <Button variant="primary" onClick={() => setOpen({ role: null })}>
              <Plus aria-hidden />
              New role
            </Button>
          ) : null}
        />
        {/* A region that scrolls can be reached and moved by keyboard. */}
        <div role="region" aria-label="Permissions of roles" tabIndex={0} className="overflow-x-auto focus-visible:-outline-offset-2">
          <table className="w-full text-sm">
            <thead>
              <tr className="border-b">
                <th scope="col" className="sticky left-0 bg-card px-4 py-2 text-left font-medium">Permission</th>
                {columns.map(({ id, name, role }) => (
                  <EntryHeading key={id} id={id} scope="col" className="px-3 py-2 text-center font-medium whitespace-nowrap">
                    <span className="inline-flex items-center gap-1">
                      <EntryLink id={id}>{name}</EntryLink>
                      {role !== null && mayWrite ? <Button variant="ghost" size="icon-sm" onClick={() => setOpen({ role })} aria-label={`Change the role ${name}`} title="Change"><Pencil aria-hidden /></Button> : null}
                    </span>
                  </EntryHeading>
                ))}
              </tr>
            </thead>
            <tbody className="divide-y">
              {PERMISSIONS.map((permission) => (
                <tr key={permission}>
                  <th scope="row" className="sticky left-0 max-w-48 bg-card px-4 py-2 text-left font-normal sm:max-w-none">
                    <span className="block">{PERMISSION_RULES[permission].does}</span>
                    <code className="font-mono text-xs text-muted-foreground">{permission}{PERMISSION_RULES[permission].on === "thing" ? " · folder" : ""}</code>
                  </th>
                  {columns.map(({ id, name, has }) => (
                    <td key={id} className="px-3 py-2 text-center">
                      {has.includes(permission) ? <Check role="img" aria-label={`${name} may`} className="mx-auto size-4 text-success" /> : <span className="text-muted-foreground" aria-label={`${name} may not`} role="img">–</span>}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Card>
      <ExplainAccess />
      {open === null ? null : <CustomRoleDialog role={open.role} close={() => setOpen(null)} />}
    </div>
  );
}
