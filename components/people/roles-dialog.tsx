"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Label } from "@/components/ui/label";
import { Select } from "@/components/ui/select";
import type { MembersView } from "@/server/access/contract";
import { ROLES } from "@/server/auth/permissions";
import { ROLE_TEXTS } from "./role-texts";

export interface RoleHolder {
  kind: "person" | "group";
  id: string;
  name: string;
  roles: string[];
}

/** The roles of one person or group; with null, somebody of the organization is chosen first. */
export function RolesDialog({ holder, customRoles, close }: { holder: RoleHolder | null; customRoles: MembersView["customRoles"]; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [chosen, setChosen] = useState<Pick<RoleHolder, "kind" | "id"> | null>(holder);
  const [roles, setRoles] = useState<readonly string[]>(holder?.roles ?? ["viewer"]);
  const onSuccess = async () => {
    await queryClient.invalidateQueries({ queryKey: trpc.access.pathKey() });
    close();
  };
  const setPerson = useMutation(trpc.access.setRoles.mutationOptions({ onSuccess }));
  const setGroup = useMutation(trpc.access.setGroupRoles.mutationOptions({ onSuccess }));
  const error = setPerson.error ?? setGroup.error;
  const save = () => {
    if (chosen === null) return;
    if (chosen.kind === "person") setPerson.mutate({ userId: chosen.id, roles: [...roles] as never });
    else setGroup.mutate({ groupId: chosen.id, roles: [...roles] as never });
  };
  const all = [...ROLES.map((role) => ({ id: role as string, label: role as string, text: ROLE_TEXTS[role] })), ...customRoles.map(({ id, name, description }) => ({ id, label: name, text: description }))];
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={holder === null ? "Add from the organization" : `Roles of ${holder.name}`}
        description="They add up. Without any, only what groups and the organization give stays."
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button variant="primary" disabled={chosen === null || setPerson.isPending || setGroup.isPending} onClick={save}>Save</Button>
          </>
        }
      >
        <div className="flex flex-col gap-4">
          {error === null ? null : <Alert tone="danger" title={readRefusal(error).message} />}
          {holder === null ? <WhoSelect value={chosen} onChange={setChosen} /> : null}
          <fieldset className="flex flex-col gap-3">
            <legend className="sr-only">Roles</legend>
            {all.map(({ id, label, text }) => (
              <RoleChoice key={id} label={label} text={text} checked={roles.includes(id)} onChange={(checked) => setRoles(checked ? [...roles, id] : roles.filter((one) => one !== id))} />
            ))}
          </fieldset>
        </div>
      </DialogContent>
    </Dialog>
  );
}

function RoleChoice({ label, text, checked, onChange }: { label: string; text: string; checked: boolean; onChange: (checked: boolean) => void }) {
  const id = useId();
  return (
    <div className="flex gap-2">
      <Checkbox id={id} className="mt-0.5" checked={checked} onCheckedChange={(value) => onChange(value === true)} />
      <label htmlFor={id} className="flex flex-col text-sm">
        <span className="font-medium">{label}</span>
        <span className="text-xs text-muted-foreground">{text}</span>
      </label>
    </div>
  );
}

/** Somebody of the organization: a person or a group. */
export function WhoSelect({ value, onChange }: { value: Pick<RoleHolder, "kind" | "id"> | null; onChange: (who: Pick<RoleHolder, "kind" | "id">) => void }) {
  const trpc = useTRPC();
  const id = useId();
  const candidates = useQuery(trpc.access.candidates.queryOptions());
  const options = [
    ...(candidates.data?.groups ?? []).map(({ groupId, name, people }) => ({ value: `group ${groupId}`, label: `${name} (group of ${people})` })),
    ...(candidates.data?.people ?? []).map(({ userId, name, email }) => ({ value: `person ${userId}`, label: name === email ? email : `${name}, ${email}` })),
  ];
  return (
    <div className="flex flex-col gap-1.5">
      <Label htmlFor={id}>Who</Label>
      <Select id={id} value={value === null ? undefined : `${value.kind} ${value.id}`} placeholder="Choose a person or group" options={options} onValueChange={(text) => {
        const [kind, who] = text.split(" ") as ["person" | "group", string];
        onChange({ kind, id: who });
      }} />
    </div>
  );
}
