"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { ROLES } from "@/server/auth/permissions";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { CustomRolesProblem } from "./custom-roles-problem";
import { ROLE_TEXTS } from "./role-texts";
import { useCustomRoles } from "./use-custom-roles";
import { WhoPicker, type Who } from "./who-picker";

export interface RoleHolder extends Who {
  roles: string[];
}

/** The roles of one person or group; with null, somebody of the organization is chosen first. */
export function RolesDialog({ holder, close }: { holder: RoleHolder | null; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const customRoles = useCustomRoles();
  const [chosen, setChosen] = useState<Who | null>(holder);
  const [roles, setRoles] = useState<readonly string[]>(holder?.roles ?? ["viewer"]);
  const onSuccess = async () => {
    await queryClient.invalidateQueries({ queryKey: trpc.access.pathKey() });
    close();
  };
  const setPerson = useMutation(trpc.access.setRoles.mutationOptions({ onSuccess }));
  const setGroup = useMutation(trpc.access.setGroupRoles.mutationOptions({ onSuccess }));
  const { error } = chosen?.kind === "group" ? setGroup : setPerson;
  const refusal = error === null ? null : readRefusal(error);
  const loss = refusal?.kind === "own_loss" ? refusal.message : null;
  const save = (keepsOwn: boolean) => {
    if (chosen === null) return;
    if (chosen.kind === "person") setPerson.mutate({ userId: chosen.id, roles: [...roles] as never, keepsOwn });
    else setGroup.mutate({ groupId: chosen.id, roles: [...roles] as never, keepsOwn });
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
            <Button variant="primary" disabled={chosen === null || setPerson.isPending || setGroup.isPending} onClick={() => save(true)}>Save</Button>
          </>
        }
      >
        <div className="flex flex-col gap-4">
          {refusal === null || loss !== null ? null : <Alert tone="danger" title={refusal.message} />}
          {loss === null ? null : (
            <ConfirmDialog title="Take this from yourself?" action="Save all the same" isBusy={setPerson.isPending || setGroup.isPending} error={null} onConfirm={() => save(false)} close={() => [setPerson, setGroup].forEach((mutation) => mutation.reset())}>
              {loss} Runs and triggers that act for you may fail.
            </ConfirmDialog>
          )}
          {holder === null ? <WhoPicker value={chosen} onPick={setChosen} /> : null}
          <CustomRolesProblem />
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
