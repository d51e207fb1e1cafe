"use client";

import { useMutation } from "@tanstack/react-query";
import { useId, useState, type Dispatch, type SetStateAction } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Label } from "@/components/ui/label";
import { Select } from "@/components/ui/select";
import type { PlaceRef } from "@/server/access/contract";
import { ROLES } from "@/server/auth/permissions";
import { CustomRolesProblem } from "./custom-roles-problem";
import { useCustomRoles } from "./use-custom-roles";
import { WhoPicker, type Who } from "./who-picker";

/** Somebody who is given a role, as long as it is not given. */
export type Grantee = Who | null;

interface GrantFormProps {
  place: PlaceRef;
  who: Grantee;
  setWho: Dispatch<SetStateAction<Grantee>>;
  done: () => unknown;
}

/** Gives a person or group a role at one place. */
export function GrantForm({ place, who, setWho, done }: GrantFormProps) {
  const trpc = useTRPC();
  const id = useId();
  const customRoles = useCustomRoles();
  const [role, setRole] = useState<string>("viewer");
  const grant = useMutation(trpc.access.grant.mutationOptions({ onSuccess: done }));
  const options = [...ROLES.map((one) => ({ value: one as string, label: one as string })), ...customRoles.map((one) => ({ value: one.id, label: one.name }))];
  const give = () => {
    if (who === null) return;
    const input = { place, who: who.kind === "person" ? { userId: who.id } : { groupId: who.id }, role: role as "viewer" };
    grant.mutate(input, { onSuccess: () => setWho((now) => (now === who ? null : now)) });
  };
  return (
    <div className="flex flex-col gap-3 text-left">
      {grant.isError ? <Alert tone="danger" title={readRefusal(grant.error).message} /> : null}
      <CustomRolesProblem />
      <div className="grid items-end gap-3 sm:grid-cols-[1fr_10rem_auto]">
        <WhoPicker value={who} onPick={setWho} />
        <div className="flex flex-col gap-1.5">
          <Label htmlFor={id}>Role</Label>
          <Select id={id} value={role} onValueChange={setRole} options={options} />
        </div>
        <Button variant="primary" disabled={who === null || grant.isPending} onClick={give}>
          Give access
        </Button>
      </div>
    </div>
  );
}
