"use client";

import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { TypedConfirmDialog } from "@/components/settings/typed-confirm-dialog";
import { useMay, useOrganization, useWorkspace } from "@/components/shell/workspace-context";
import { Button } from "@/components/ui/button";
import { Card, CardHeader } from "@/components/ui/card";
import { toast } from "@/components/ui/toast";
import { useChangeOrganization } from "./use-change-organization";

/** For who owns the workspace, or the organization: out of use for a while, or for good. */
export function EndingCards() {
  const mayEndWorkspace = useMay("workspace:delete");
  const mayEndOrganization = useOrganization()?.permissions.includes("organization:delete") ?? false;
  return (
    <>
      {mayEndWorkspace ? <WorkspaceEnding /> : null}
      {mayEndOrganization ? <OrganizationEnding /> : null}
    </>
  );
}

/** What is shown of the workspace changes with it: a whole new page. */
const anew = () => window.location.reload();

function WorkspaceEnding() {
  const trpc = useTRPC();
  const { current } = useWorkspace();
  const [isDeleting, setDeleting] = useState(false);
  const change = useMutation(trpc.organizations.changeThisWorkspace.mutationOptions({ onError: (error) => void toast.error(readRefusal(error).message) }));
  const { name, isArchived } = current;
  return (
    <Card>
      <CardHeader
        title={`The workspace ${name}`}
        description={isArchived ? "It is archived: everything can be seen, and nothing changes or starts." : "Archive it to keep it as it is: everything can be seen, and nothing changes or starts. A deleted one can be restored for 30 days by who manages the organization’s workspaces."}
        actions={
          <>
            <Button disabled={change.isPending} onClick={() => change.mutate({ action: isArchived ? "unarchive" : "archive" }, { onSuccess: anew })}>{isArchived ? "Use it again" : "Archive"}</Button>
            <Button variant="destructive" onClick={() => setDeleting(true)}>Delete</Button>
          </>
        }
      />
      {isDeleting ? (
        <TypedConfirmDialog title={`Delete the workspace ${name}?`} typed={name} action="Delete workspace" isBusy={change.isPending} error={change.error} close={() => setDeleting(false)} onConfirm={() => change.mutate({ action: "delete", name }, { onSuccess: () => window.location.replace("/") })}>
          Nobody can open it any more, and nothing in it runs. It can be restored for 30 days; then it is gone for good with all that is in it.
        </TypedConfirmDialog>
      ) : null}
    </Card>
  );
}

function OrganizationEnding() {
  const organization = useOrganization()!;
  const [isDeleting, setDeleting] = useState(false);
  const change = useChangeOrganization();
  const { id: organizationId, name, isArchived } = organization;
  return (
    <Card>
      <CardHeader
        title={`The organization ${name}`}
        description={isArchived ? "It is archived, with all of its workspaces." : "Archiving and deleting it does the same to all of its workspaces at once. A deleted one can be restored for 30 days by its owners, under Your organizations."}
        actions={
          <>
            <Button disabled={change.isPending} onClick={() => change.mutate({ organizationId, action: isArchived ? "unarchive" : "archive" }, { onSuccess: anew })}>{isArchived ? "Use it again" : "Archive"}</Button>
            <Button variant="destructive" onClick={() => setDeleting(true)}>Delete</Button>
          </>
        }
      />
      {isDeleting ? (
        <TypedConfirmDialog title={`Delete the organization ${name}?`} typed={name} action="Delete organization" isBusy={change.isPending} error={change.error} close={() => setDeleting(false)} onConfirm={() => change.mutate({ organizationId, action: "delete", name }, { onSuccess: () => window.location.replace("/organizations") })}>
          Every workspace in it goes with it: nobody can open them, and nothing in them runs. Its owners can restore it for 30 days; then it is gone for good.
        </TypedConfirmDialog>
      ) : null}
    </Card>
  );
}
