"use client";

import { keepPreviousData, useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { UserMinus, UserPlus, Users } from "lucide-react";
import { useState } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { EndingCards } from "@/components/organizations/ending-cards";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { SettingsList } from "@/components/settings/settings-list";
import { useSearchText } from "@/components/shell/use-search-text";
import { useOrganization, useWorkspace } from "@/components/shell/workspace-context";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/select";
import { toast } from "@/components/ui/toast";
import { ORGANIZATION_ROLES } from "@/server/auth/permissions";
import type { PersonView } from "@/server/organizations/contract";
import { GroupsCard } from "./groups-card";
import { Invitations } from "./invitations";
import { InviteDialog } from "./invite-dialog";
import { WorkspacesCard } from "./workspaces-card";

export function OrganizationPage() {
  const organization = useOrganization();
  const may = (permission: string) => organization?.permissions.includes(permission) ?? false;
  return (
    <div className="flex flex-col gap-6">
      <People mayWrite={may("person:write")} mayMakeOwners={may("owner:write")} />
      {may("person:write") ? <Invitations place="organization" /> : null}
      <GroupsCard mayWrite={may("group:write")} />
      {may("workspace:manage") ? <WorkspacesCard /> : null}
      <EndingCards />
    </div>
  );
}

function People({ mayWrite, mayMakeOwners }: { mayWrite: boolean; mayMakeOwners: boolean }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { user } = useWorkspace();
  const search = useSearchText();
  const people = useInfiniteQuery({ ...trpc.organizations.people.infiniteQueryOptions({ search: search.search }, { getNextPageParam: (page) => page.nextCursor }), placeholderData: keepPreviousData });
  const [isInviting, setInviting] = useState(false);
  const [ownRole, setOwnRole] = useState<PersonView["role"] | null>(null);
  const [removing, setRemoving] = useState<PersonView | null>(null);
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.organizations.pathKey() });
  const setRole = useMutation(trpc.organizations.setRole.mutationOptions({ onSuccess: () => (setOwnRole(null), refresh()), onError: (error) => void toast.error(readRefusal(error).message) }));
  const give = ({ userId, name, role: before }: PersonView, role: PersonView["role"]) =>
    // Callbacks of mutate() are those of its last call alone; each change has its own way back.
    void setRole.mutateAsync({ userId, role }).then(() => toast(`${name} is ${role} now.`, { action: { label: "Undo", onClick: () => setRole.mutate({ userId, role: before }) } }), () => {});
  const remove = useMutation(trpc.organizations.removePerson.mutationOptions({ onSuccess: async () => (await refresh(), setRemoving(null)) }));
  return (
    <>
      <SettingsList
        title="People"
        description="Everybody in the organization. Its owners and admins may do everything in each of its workspaces; for everybody else the workspaces say."
        actions={mayWrite ? <Button variant="primary" onClick={() => setInviting(true)}><UserPlus aria-hidden />Invite</Button> : null}
        query={{ ...people, data: people.data?.pages.flatMap((page) => page.items) }}
        more={people}
        search={{ ...search, label: "Search people" }}
        empty={{ icon: Users, title: "Nobody yet", text: "Invite people by mail or with a link." }}
      >
        {(items) => (
          <ul className="divide-y">
            {items.map((person) => (
              <li key={person.userId} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
                <div className="flex min-w-0 flex-1 basis-40 flex-col gap-1">
                  <span className="font-medium break-words">{person.name}{person.userId === user.id ? " (you)" : ""}</span>
                  <span className="text-xs break-all text-muted-foreground">{person.email}</span>
                  <span className="text-xs text-muted-foreground">{[...person.groups.map(({ name }) => `group ${name}`), ...person.workspaces.map(({ name }) => name)].join(", ")}</span>
                </div>
                {person.isDisabled ? <Badge tone="warning">disabled</Badge> : null}
                {mayWrite && (mayMakeOwners || person.role !== "owner") ? (
                  <Select
                    aria-label={`Organization role of ${person.name}`}
                    className="w-32"
                    value={person.role}
                    options={ORGANIZATION_ROLES.filter((role) => role !== "owner" || mayMakeOwners).map((role) => ({ value: role, label: role }))}
                    onValueChange={(role) => (person.userId === user.id ? setOwnRole(role as PersonView["role"]) : give(person, role as PersonView["role"]))}
                  />
                ) : <Badge>{person.role}</Badge>}
                {mayWrite ? <Button variant="ghost" size="icon" aria-label={`Remove ${person.name}`} onClick={() => setRemoving(person)}><UserMinus aria-hidden /></Button> : null}
              </li>
            ))}
          </ul>
        )}
      </SettingsList>
      {isInviting ? <InviteDialog place="organization" close={() => setInviting(false)} /> : null}
      {ownRole === null ? null : (
        <ConfirmDialog title={`Become ${ownRole} yourself?`} action="Change my role" isBusy={setRole.isPending} error={setRole.error} onConfirm={() => setRole.mutate({ userId: user.id, role: ownRole })} close={() => setOwnRole(null)}>
          What your role allows now ends at once, and only somebody else can give it back to you.
        </ConfirmDialog>
      )}
      {removing === null ? null : (
        <ConfirmDialog title={`Remove ${removing.name}?`} action="Remove" isBusy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate({ userId: removing.userId })} close={() => setRemoving(null)}>
          {removing.name} loses every role in the organization, its workspaces and groups at once. What they made stays.
        </ConfirmDialog>
      )}
    </>
  );
}
