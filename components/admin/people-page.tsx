"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ShieldCheck, Users } from "lucide-react";
import { useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { ConfirmDialog } from "@/components/settings/confirm-dialog";
import { SettingsList } from "@/components/settings/settings-list";
import { Moment } from "@/components/time/moment";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Switch } from "@/components/ui/switch";
import { toast } from "@/components/ui/toast";
import type { Administrator, UserRow } from "@/server/admin/contract";
import { useAdministrator } from "./admin-frame";
import { SearchBox } from "./search-box";

export function PeoplePage() {
  return (
    <>
      <Administrators />
      <AdministratorRule />
      <People />
    </>
  );
}

function Administrators() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const me = useAdministrator();
  const admins = useQuery(trpc.admin.administrators.queryOptions());
  const [revoking, setRevoking] = useState<Administrator | null>(null);
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.admin.pathKey() });
  const revoke = useMutation(trpc.admin.revoke.mutationOptions({
    onSuccess: async () => {
      await refresh();
      setRevoking(null);
    },
  }));
  const isLast = (admins.data?.filter(({ isDisabled }) => !isDisabled).length ?? 0) < 2;
  return (
    <>
      <SettingsList
        title="Platform administrators"
        description="They look after the installation, and see nothing of what is in organizations. The last one cannot be removed."
        actions={<GrantForm />}
        query={admins}
        empty={{ icon: ShieldCheck, title: "No administrators", text: "" }}
      >
        {(items) => (
          <ul className="divide-y" aria-label="Platform administrators">
            {items.map((admin) => (
              <li key={admin.userId} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
                <div className="flex min-w-0 flex-1 basis-40 flex-col">
                  <span className="flex flex-wrap items-center gap-2 font-medium break-words">{admin.name}{admin.userId === me.id ? <Badge>you</Badge> : null}{admin.isDisabled ? <Badge tone="danger">disabled</Badge> : null}</span>
                  <span className="text-xs break-all text-muted-foreground">{admin.email}, since <Moment at={admin.since} /></span>
                </div>
                <Button size="sm" disabled={isLast && !admin.isDisabled} title={isLast && !admin.isDisabled ? "The last one cannot be removed" : undefined} aria-label={`Take it away from ${admin.name}`} onClick={() => setRevoking(admin)}>Take it away</Button>
              </li>
            ))}
          </ul>
        )}
      </SettingsList>
      {revoking === null ? null : (
        <ConfirmDialog title={`Take the administration from ${revoking.name}?`} action="Take it away" isBusy={revoke.isPending} error={revoke.error} onConfirm={() => revoke.mutate({ userId: revoking.userId })} close={() => setRevoking(null)}>
          {revoking.userId === me.id ? "You will not see these pages any more." : "They will not see these pages any more."} What they may do in organizations stays as it is.
        </ConfirmDialog>
      )}
    </>
  );
}

function AdministratorRule() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const rules = useQuery(trpc.admin.rules.queryOptions());
  const set = useMutation(trpc.admin.setRules.mutationOptions({
    onSettled: () => queryClient.invalidateQueries({ queryKey: trpc.admin.rules.queryKey() }),
    onError: (error) => void toast.error(readRefusal(error).message),
    onSuccess: (_, { secondFactorRequired }) => void toast(secondFactorRequired ? "Administrators need a second factor from now on." : "A second factor is not asked for any more."),
  }));
  const { data } = rules;
  if (data === undefined) return rules.isError ? <p className="text-sm text-destructive">{readRefusal(rules.error).message}</p> : null;
  const label = "Administrators need a second factor";
  const count = data.withoutFactor;
  return (
    <div className="flex items-start gap-3 rounded-lg border p-4">
      <Switch aria-label={label} className="mt-0.5" checked={set.isPending ? set.variables.secondFactorRequired : data.secondFactorRequired} disabled={set.isPending || (!data.secondFactorRequired && !data.hasShownFactor)} onCheckedChange={(secondFactorRequired) => set.mutate({ secondFactorRequired })} />
      <div className="flex min-w-0 flex-col gap-0.5">
        <span className="text-sm font-medium" aria-hidden>{label}</span>
        <p className="text-xs text-muted-foreground">
          These pages open to nobody who has not shown one of their own in the session. {count === 0 ? "Every administrator has one." : `${count} ${count === 1 ? "administrator has" : "administrators have"} none, and will be asked to set one up first.`}
          {data.secondFactorRequired || data.hasShownFactor ? "" : " To turn it on, sign in with a second factor of yours."}
        </p>
      </div>
    </div>
  );
}

function GrantForm() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [email, setEmail] = useState("");
  const grant = useMutation(trpc.admin.grant.mutationOptions({
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: trpc.admin.pathKey() });
      setEmail("");
    },
    onError: (error) => void toast.error(readRefusal(error).message),
  }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (email.trim() !== "") grant.mutate({ email });
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap gap-2">
      <Input type="email" aria-label="Address of somebody with an account" placeholder="somebody@example.com" className="w-56" value={email} onChange={(event) => setEmail(event.target.value)} />
      <Button type="submit" variant="primary" disabled={email.trim() === "" || grant.isPending}>Make an administrator</Button>
    </form>
  );
}

function People() {
  const trpc = useTRPC();
  const [search, setSearch] = useState("");
  const users = useQuery(trpc.admin.users.queryOptions({ search }));
  return (
    <SettingsList
      title="People"
      description={`Everybody with an account. ${users.data?.hasMore ? "There are more: search for them." : ""}`}
      actions={<SearchBox label="Search people" onSearch={setSearch} />}
      query={{ ...users, data: users.data?.items }}
      empty={{ icon: Users, title: "Nobody like that", text: "Search by a part of the name or address." }}
    >
      {(items) => <ul className="divide-y" aria-label="People">{items.map((user) => <Person key={user.id} user={user} />)}</ul>}
    </SettingsList>
  );
}

function Person({ user }: { user: UserRow }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const me = useAdministrator();
  const refresh = () => queryClient.invalidateQueries({ queryKey: trpc.admin.pathKey() });
  const failed = (error: unknown) => void toast.error(readRefusal(error).message);
  const setDisabled = useMutation(trpc.admin.setDisabled.mutationOptions({
    onSettled: refresh,
    onError: failed,
    onSuccess: (_, { disabled }) => void toast(`${user.name} ${disabled ? "is disabled and signed out" : "may sign in again"}.`, { action: { label: "Undo", onClick: () => setDisabled.mutate({ userId: user.id, disabled: !disabled }) } }),
  }));
  const end = useMutation(trpc.admin.endSessions.mutationOptions({ onSettled: refresh, onError: failed, onSuccess: ({ ended }) => void toast(`${ended} ${ended === 1 ? "session" : "sessions"} of ${user.name} ended.`) }));
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="flex min-w-0 flex-1 basis-64 flex-col gap-0.5">
        <span className="flex flex-wrap items-center gap-2 font-medium break-words">{user.name}{user.isAdministrator ? <Badge tone="accent">administrator</Badge> : null}{user.isDisabled ? <Badge tone="danger">disabled</Badge> : null}</span>
        <span className="text-xs break-all text-muted-foreground">{user.email}{user.organizations.length === 0 ? ", in no organization" : `, in ${user.organizations.join(", ")}`}</span>
        <span className="text-xs text-muted-foreground">{user.lastSeenAt === null ? "never seen" : <>seen <Moment at={user.lastSeenAt} /></>}, {user.sessions === 0 ? "no open session" : `${user.sessions} open ${user.sessions === 1 ? "session" : "sessions"}`}</span>
      </div>
      {user.id === me.id ? <Badge>you</Badge> : (
        <div className="flex gap-2">
          <Button size="sm" disabled={user.sessions === 0 || end.isPending} aria-label={`End sessions of ${user.name}`} onClick={() => end.mutate({ userId: user.id })}>End sessions</Button>
          <Button size="sm" disabled={setDisabled.isPending} aria-label={`${user.isDisabled ? "Enable" : "Disable"} ${user.name}`} onClick={() => setDisabled.mutate({ userId: user.id, disabled: !user.isDisabled })}>{user.isDisabled ? "Enable" : "Disable"}</Button>
        </div>
      )}
    </li>
  );
}
