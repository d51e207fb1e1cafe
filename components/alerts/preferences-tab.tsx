"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { toast } from "@/components/ui/toast";
import { ErrorState } from "@/components/data/error-state";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { useMay } from "@/components/shell/workspace-context";
import { Card, CardHeader } from "@/components/ui/card";
import { SkeletonRows } from "@/components/ui/skeleton";
import { Switch } from "@/components/ui/switch";
import type { Category, RolePreferences, Wants } from "@/server/alerts/contract";

const CATEGORIES: readonly { category: Category; label: string; hint: string }[] = [
  { category: "alerts", label: "Alerts", hint: "What rules tell people of." },
  { category: "approvals", label: "Approvals", hint: "When you are asked for an answer." },
];
const WAYS: readonly { way: keyof Wants; label: string }[] = [
  { way: "inApp", label: "In the inbox" },
  { way: "email", label: "By mail" },
];
const ROLE_ROWS: readonly { role: keyof RolePreferences; label: string }[] = [
  { role: "owner", label: "Owners" },
  { role: "admin", label: "Admins" },
  { role: "builder", label: "Builders" },
  { role: "operator", label: "Operators" },
  { role: "viewer", label: "Viewers" },
];

/** What a person wants, and what people of a role get who say nothing else. */
export function PreferencesTab() {
  return (
    <div className="flex flex-col gap-4">
      <Mine />
      <Roles />
    </div>
  );
}

function Mine() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const preferences = useQuery(trpc.alerts.preferences.queryOptions());
  const set = useMutation(
    trpc.alerts.setPreference.mutationOptions({
      onSuccess: (next) => void queryClient.setQueryData(trpc.alerts.preferences.queryKey(), next),
      onError: (error) => void toast.error(readRefusal(error).message),
    }),
  );
  return (
    <Card>
      <CardHeader title="What you hear" description={preferences.data === undefined ? undefined : preferences.data.mailIsSetUp ? `Mails go to ${preferences.data.email ?? ""}.` : "No mail server is set up: mails are not sent for now."} />
      {preferences.isPending ? (
        <SkeletonRows count={2} />
      ) : preferences.isError ? (
        <ErrorState error={preferences.error} retry={() => void preferences.refetch()} what="your preferences" />
      ) : (
        <ul className="divide-y">
          {CATEGORIES.map(({ category, label, hint }) => (
            <li key={category} className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 px-4 py-3">
              <div className="flex flex-col">
                <span className="text-sm font-medium">{label}</span>
                <span className="text-xs text-muted-foreground">{hint}</span>
              </div>
              <div className="flex gap-5">
                {WAYS.map(({ way, label: wayLabel }) => (
                  <label key={way} className="flex items-center gap-2 text-sm">
                    <Switch aria-label={`${label} ${wayLabel.toLowerCase()}`} checked={preferences.data.effective[category][way]} disabled={set.isPending} onCheckedChange={(isOn) => set.mutate({ category, [way]: isOn })} />
                    {wayLabel}
                  </label>
                ))}
              </div>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Roles() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const mayWrite = useMay("settings:write");
  const settings = useQuery(trpc.alerts.settings.queryOptions());
  const save = useMutation(
    trpc.alerts.setRoles.mutationOptions({
      onSuccess: async (next) => {
        queryClient.setQueryData(trpc.alerts.settings.queryKey(), next);
        await queryClient.invalidateQueries({ queryKey: trpc.alerts.preferences.pathKey() });
      },
      onError: (error) => void toast.error(readRefusal(error).message),
    }),
  );
  if (settings.isPending) return <Card><SkeletonRows count={5} /></Card>;
  if (settings.isError) return <Card><ErrorState error={settings.error} retry={() => void settings.refetch()} what="the settings" /></Card>;
  const roles = save.isPending ? save.variables : settings.data.roles;
  const change = (role: keyof RolePreferences, category: Category, way: keyof Wants, isOn: boolean) => save.mutate({ ...roles, [role]: { ...roles[role], [category]: { ...roles[role][category], [way]: isOn } } });
  return (
    <Card>
      <CardHeader title="What people of a role hear" description="Unless they say otherwise for themselves. A custom role counts as the one most like it." />
      {/* Narrow screens have no room for columns: each role is a small list there. */}
      <div className="md:overflow-x-auto">
        <table className="w-full text-sm max-md:block">
          <thead className="max-md:hidden">
            <tr className="border-b text-left text-xs text-muted-foreground">
              <th scope="col" className="px-4 py-2 font-medium">Role</th>
              {CATEGORIES.flatMap(({ category, label }) => WAYS.map(({ way, label: wayLabel }) => <th key={`${category} ${way}`} scope="col" className="px-3 py-2 font-medium whitespace-nowrap">{label}, {wayLabel.toLowerCase()}</th>))}
            </tr>
          </thead>
          <tbody className="divide-y max-md:block">
            {ROLE_ROWS.map(({ role, label }) => (
              <tr key={role} className="max-md:block max-md:py-2">
                <th scope="row" className="px-4 py-2 text-left font-medium max-md:block">{label}</th>
                {CATEGORIES.flatMap(({ category, label: categoryLabel }) =>
                  WAYS.map(({ way, label: wayLabel }) => (
                    <td key={`${category} ${way}`} className="px-3 py-2 max-md:flex max-md:items-center max-md:justify-between max-md:gap-4 max-md:px-4 max-md:py-1.5">
                      <span aria-hidden className="text-muted-foreground md:hidden">{categoryLabel}, {wayLabel.toLowerCase()}</span>
                      <Switch aria-label={`${label}: ${categoryLabel} ${wayLabel.toLowerCase()}`} checked={roles[role][category][way]} disabled={!mayWrite || save.isPending} onCheckedChange={(isOn) => change(role, category, way, isOn)} />
                    </td>
                  )),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
