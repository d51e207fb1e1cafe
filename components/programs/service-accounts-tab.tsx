"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { Bot, Plus } from "lucide-react";
import { useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { CustomRolesProblem } from "@/components/people/custom-roles-problem";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { SettingsList } from "@/components/settings/settings-list";
import { useMay } from "@/components/shell/workspace-context";
import { Moment } from "@/components/time/moment";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { toast } from "@/components/ui/toast";
import type { ServiceAccountView } from "@/server/programs/contract";
import { accountRole, useAccountRoles, valueOfRole } from "./roles";
import { useRefreshPrograms } from "./use-refresh-programs";

export function ServiceAccountsTab() {
  const trpc = useTRPC();
  const mayWrite = useMay("member:write");
  const accounts = useQuery(trpc.programs.serviceAccounts.queryOptions());
  const [isCreating, setCreating] = useState(false);
  const [removing, setRemoving] = useState<ServiceAccountView | null>(null);
  return (
    <>
      <SettingsList
        title="Service accounts"
        description="Programs with a role of their own: their tokens and applications belong to nobody who may leave."
        actions={mayWrite ? <Button variant="primary" onClick={() => setCreating(true)}><Plus aria-hidden />New service account</Button> : null}
        query={accounts}
        empty={{ icon: Bot, title: "No service accounts", text: "A deployment or another system gets an account of its own, with the role that it needs." }}
      >
        {(items) => <ul className="divide-y">{items.map((account) => <AccountRow key={account.id} account={account} mayWrite={mayWrite} remove={() => setRemoving(account)} />)}</ul>}
      </SettingsList>
      {isCreating ? <CreateDialog close={() => setCreating(false)} /> : null}
      {removing === null ? null : <RemoveDialog account={removing} close={() => setRemoving(null)} />}
    </>
  );
}

function AccountRow({ account, mayWrite, remove }: { account: ServiceAccountView; mayWrite: boolean; remove: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefreshPrograms();
  const update = useMutation(trpc.programs.updateServiceAccount.mutationOptions({ onSuccess: refresh, onError: (error) => toast.error(readRefusal(error).message) }));
  const roles = useAccountRoles();
  const { id, name, description, roleName, role, disabled, keeper, tokens, applications, lastUsedAt } = account;
  const change = (changes: { disabled?: boolean; role?: ServiceAccountView["role"]; takeOver?: true }) => update.mutate({ serviceAccountId: id, ...changes });
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="flex min-w-0 flex-1 basis-60 flex-col gap-1">
        <div className="flex flex-wrap items-center gap-2">
          <span className="font-medium break-words">{name}</span>
          {mayWrite ? null : <Badge>{roleName}</Badge>}
          {disabled ? <Badge tone="danger">Disabled</Badge> : null}
        </div>
        {description === "" ? null : <p className="text-sm break-words">{description}</p>}
        <p className="text-xs text-muted-foreground">
          {keeper === null || keeper.hasLeft ? "" : `kept by ${keeper.name}, `}{tokens} {tokens === 1 ? "token" : "tokens"}, {applications} {applications === 1 ? "application" : "applications"}, {lastUsedAt === null ? "never used" : <>used <Moment at={lastUsedAt} /></>}
        </p>
        {keeper?.hasLeft === true ? (
          <p className="text-xs text-warning">{keeper.name}, who kept it, has left and may still know its tokens and secrets. Replace them; whoever takes it over says that they have looked.</p>
        ) : null}
      </div>
      {mayWrite ? (
        <div className="flex flex-wrap items-center gap-2">
          {keeper?.hasLeft === true ? <Button size="sm" variant="primary" disabled={update.isPending} onClick={() => change({ takeOver: true })} aria-label={`Take ${name} over`}>Take over</Button> : null}
          <Select aria-label={`Role of ${name}`} className="w-40" value={valueOfRole(role)} onValueChange={(chosen) => change({ role: accountRole(chosen) })} options={roles.some(({ value }) => value === valueOfRole(role)) ? roles : [...roles, { value: valueOfRole(role), label: roleName }]} />
          <Button size="sm" disabled={update.isPending} onClick={() => change({ disabled: !disabled })} aria-label={`${disabled ? "Enable" : "Disable"} ${name}`}>{disabled ? "Enable" : "Disable"}</Button>
          <Button size="sm" variant="ghost" onClick={remove} aria-label={`Delete ${name}`}>Delete</Button>
        </div>
      ) : null}
    </li>
  );
}

function CreateDialog({ close }: { close: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefreshPrograms();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [role, setRole] = useState("operator");
  const roles = useAccountRoles();
  const create = useMutation(trpc.programs.createServiceAccount.mutationOptions({ onSuccess: async () => (await refresh(), close()) }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ name, description, role: accountRole(role) });
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent title="New service account">
        <form onSubmit={submit} className="flex flex-col gap-4">
          {create.isError ? <Alert tone="danger" title={readRefusal(create.error).message} /> : null}
          <Field label="Name" required>{(control) => <Input {...control} value={name} required maxLength={100} onChange={(event) => setName(event.target.value)} />}</Field>
          <Field label="Description" hint="What it is for, and who keeps it.">{(control) => <Input {...control} value={description} maxLength={500} onChange={(event) => setDescription(event.target.value)} />}</Field>
          <CustomRolesProblem />
          <Field label="Role">{(control) => <Select {...control} value={role} onValueChange={setRole} options={roles} />}</Field>
          <div className="flex justify-end gap-2">
            <Button onClick={close}>Cancel</Button>
            <Button type="submit" variant="primary" disabled={create.isPending || name.trim() === ""}>Create</Button>
          </div>
        </form>
      </DialogContent>
    </Dialog>
  );
}

function RemoveDialog({ account, close }: { account: ServiceAccountView; close: () => void }) {
  const trpc = useTRPC();
  const refresh = useRefreshPrograms();
  const remove = useMutation(trpc.programs.removeServiceAccount.mutationOptions({ onSuccess: async () => (await refresh(), close()) }));
  return (
    <ConfirmDialog title={`Delete ${account.name}?`} action="Delete" isBusy={remove.isPending} error={remove.error} onConfirm={() => remove.mutate({ serviceAccountId: account.id })} close={close}>
      Its tokens and applications stop working at once. It cannot be brought back.
    </ConfirmDialog>
  );
}
