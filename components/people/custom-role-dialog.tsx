"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { PERMISSION_RULES, PERMISSIONS } from "@/server/auth/permissions";
import type { RoleView } from "@/server/organizations/contract";

export function CustomRoleDialog({ role, close }: { role: RoleView | null; close: () => void }) {
  const trpc = useTRPC();
  const id = useId();
  const queryClient = useQueryClient();
  const [name, setName] = useState(role?.name ?? "");
  const [description, setDescription] = useState(role?.description ?? "");
  const [permissions, setPermissions] = useState<readonly string[]>(role?.permissions ?? ["workflow:read", "run:read"]);
  const onSuccess = async () => {
    await queryClient.invalidateQueries({ queryKey: trpc.organizations.roles.pathKey() });
    close();
  };
  const create = useMutation(trpc.organizations.createRole.mutationOptions({ onSuccess }));
  const update = useMutation(trpc.organizations.updateRole.mutationOptions({ onSuccess }));
  const remove = useMutation(trpc.organizations.removeRole.mutationOptions({ onSuccess }));
  const error = create.error ?? update.error ?? remove.error;
  const input = { name, description, permissions: [...permissions] };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={role === null ? "New role" : `The role ${role.name}`}
        description="A set of permissions, for all workspaces of the organization. Changes hold at once for everybody who has it."
        footer={
          <>
            {role === null ? null : <Button variant="destructive" className="mr-auto" disabled={remove.isPending} onClick={() => remove.mutate({ roleId: role.id })}>Delete</Button>}
            <Button onClick={close}>Cancel</Button>
            <Button variant="primary" disabled={name.trim() === "" || permissions.length === 0 || create.isPending || update.isPending} onClick={() => (role === null ? create.mutate(input) : update.mutate({ ...input, roleId: role.id }))}>Save</Button>
          </>
        }
      >
        <div className="flex flex-col gap-4">
          {error === null ? null : <Alert tone="danger" title={readRefusal(error).message} />}
          <Field label="Name" required>{(control) => <Input {...control} value={name} maxLength={100} onChange={(event) => setName(event.target.value)} />}</Field>
          <Field label="Description">{(control) => <Input {...control} value={description} maxLength={500} onChange={(event) => setDescription(event.target.value)} />}</Field>
          <fieldset className="flex flex-col gap-2">
            <legend className="mb-1.5 text-sm font-medium">It may</legend>
            {PERMISSIONS.map((permission) => (
              <div key={permission} className="flex items-start gap-2">
                <Checkbox id={`${id}-${permission}`} className="mt-0.5" checked={permissions.includes(permission)} onCheckedChange={(checked) => setPermissions(checked === true ? [...permissions, permission] : permissions.filter((one) => one !== permission))} />
                <label htmlFor={`${id}-${permission}`} className="text-sm">{PERMISSION_RULES[permission].does}</label>
              </div>
            ))}
          </fieldset>
        </div>
      </DialogContent>
    </Dialog>
  );
}
