"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Pencil, Plus, Trash2, Users } from "lucide-react";
import { useId, useState } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { SettingsList } from "@/components/settings/settings-list";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { GroupView } from "@/server/organizations/contract";

export function GroupsCard({ mayWrite }: { mayWrite: boolean }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const groups = useQuery(trpc.organizations.groups.queryOptions());
  const [removing, setRemoving] = useState<GroupView | null>(null);
  const [open, setOpen] = useState<{ group: GroupView | null } | null>(null);
  const remove = useMutation(trpc.organizations.removeGroup.mutationOptions({
    onSuccess: () => {
      setRemoving(null);
      return queryClient.invalidateQueries({ queryKey: trpc.organizations.pathKey() });
    },
  }));
  return (
    <>
      <SettingsList
        title="Groups"
        description="Give roles to a group, and everybody in it has them."
        actions={mayWrite ? <Button onClick={() => setOpen({ group: null })}><Plus aria-hidden />New group</Button> : null}
        query={groups}
        empty={{ icon: Users, title: "No groups", text: "A group such as Support saves giving the same roles to each person." }}
      >
        {(items) => (
          <ul className="divide-y">
            {items.map((group) => (
              <li key={group.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
                <div className="flex min-w-0 flex-1 flex-col gap-1">
                  <span className="font-medium break-words">{group.name}</span>
                  <span className="text-xs text-muted-foreground">{group.members.length === 0 ? "Nobody in it" : group.members.map(({ name }) => name).join(", ")}{group.isProvisioned ? " · kept by the identity provider" : ""}</span>
                </div>
                {mayWrite ? (
                  <div className="flex">
                    <Button variant="ghost" size="icon" aria-label={`Change the group ${group.name}`} onClick={() => setOpen({ group })}><Pencil aria-hidden /></Button>
                    <Button variant="ghost" size="icon" aria-label={`Delete the group ${group.name}`} onClick={() => setRemoving(group)}><Trash2 aria-hidden /></Button>
                  </div>
                ) : null}
              </li>
            ))}
          </ul>
        )}
      </SettingsList>
      {removing === null ? null : (
        <ConfirmDialog title={`Delete the group ${removing.name}?`} action="Delete" isBusy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate({ groupId: removing.id })} close={() => setRemoving(null)}>
          {removing.members.length === 0 ? "Nobody is in it." : `${removing.members.length} ${removing.members.length === 1 ? "person loses" : "people lose"} what they may do only by it.`} The roles and access given to it in all workspaces end at once and cannot be brought back.
        </ConfirmDialog>
      )}
      {open === null ? null : <GroupDialog group={open.group} close={() => setOpen(null)} />}
    </>
  );
}

function GroupDialog({ group, close }: { group: GroupView | null; close: () => void }) {
  const trpc = useTRPC();
  const id = useId();
  const queryClient = useQueryClient();
  const people = useQuery(trpc.organizations.people.queryOptions());
  const before = group?.members.map(({ userId }) => userId) ?? [];
  const [name, setName] = useState(group?.name ?? "");
  const [members, setMembers] = useState<readonly string[]>(before);
  const create = useMutation(trpc.organizations.createGroup.mutationOptions());
  const update = useMutation(trpc.organizations.updateGroup.mutationOptions());
  const setGroupMembers = useMutation(trpc.organizations.setGroupMembers.mutationOptions());
  const error = create.error ?? update.error ?? setGroupMembers.error;
  const save = async () => {
    const groupId = group === null ? (await create.mutateAsync({ name })).id : group.id;
    if (group !== null && group.name !== name) await update.mutateAsync({ groupId, name, description: group.description });
    await setGroupMembers.mutateAsync({ groupId, add: members.filter((one) => !before.includes(one)), remove: before.filter((one) => !members.includes(one)) });
    await queryClient.invalidateQueries({ queryKey: trpc.organizations.pathKey() });
    close();
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={group === null ? "New group" : `The group ${group.name}`}
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button variant="primary" disabled={name.trim() === "" || create.isPending || setGroupMembers.isPending} onClick={() => void save().catch(() => {})}>Save</Button>
          </>
        }
      >
        <div className="flex flex-col gap-4">
          {error === null ? null : <Alert tone="danger" title={readRefusal(error).message} />}
          <Field label="Name" required>{(control) => <Input {...control} value={name} maxLength={100} onChange={(event) => setName(event.target.value)} />}</Field>
          <fieldset className="flex max-h-72 flex-col gap-2 overflow-y-auto">
            <legend className="mb-1.5 text-sm font-medium">In it are</legend>
            {(people.data ?? []).map((person) => (
              <div key={person.userId} className="flex items-center gap-2">
                <Checkbox id={`${id}-${person.userId}`} checked={members.includes(person.userId)} onCheckedChange={(checked) => setMembers(checked === true ? [...members, person.userId] : members.filter((one) => one !== person.userId))} />
                <label htmlFor={`${id}-${person.userId}`} className="text-sm break-all">{person.name}</label>
              </div>
            ))}
          </fieldset>
        </div>
      </DialogContent>
    </Dialog>
  );
}
