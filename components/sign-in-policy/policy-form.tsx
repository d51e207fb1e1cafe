"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState, type FormEvent, type ReactNode } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC } from "@/components/data/trpc";
import { useHref } from "@/components/shell/workspace-context";
import { WAY_NAMES } from "@/components/sign-in/way-names";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import { toast } from "@/components/ui/toast";
import { SIGN_IN_METHODS, type OwnSignInMethod } from "@/server/auth/constants";
import type { SignInPolicyView } from "@/server/account/contract";
import { isSamePolicy, meetPolicy, type PolicyValues, valuesOf } from "./policy-values";
import { IDLE_CHOICES, MAX_CHOICES, spanText, TOKEN_DAYS } from "./spans";

const NONE = "none";
const DAY_MINUTES = 1_440;

export function PolicyForm({ policy, mayWrite }: { policy: SignInPolicyView; mayWrite: boolean }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const href = useHref();
  const [from, setFrom] = useState<PolicyValues>(() => valuesOf(policy));
  const [wanted, setWanted] = useState(from);
  const take = () => {
    setFrom(valuesOf(policy));
    setWanted(valuesOf(policy));
  };
  const meeting = meetPolicy(from, wanted, policy);
  if (meeting === "take") take();
  const { secondFactorRequired, ssoRequired, sessionIdleMinutes, sessionMaxMinutes, tokenMaxDays } = wanted;
  const methods: readonly OwnSignInMethod[] = wanted.methods ?? SIGN_IN_METHODS;
  const change = (part: Partial<PolicyValues>) => setWanted({ ...wanted, ...part });
  const save = useMutation(
    trpc.signInPolicy.set.mutationOptions({
      onSuccess: async (saved) => {
        queryClient.setQueryData(trpc.signInPolicy.get.queryKey(), saved);
        toast("The rules hold from now on.");
        // Also for whoever made them, who may be asked for more now.
        await queryClient.invalidateQueries({ queryKey: trpc.signInPolicy.pathKey() });
      },
    }),
  );
  const missing = whatSsoNeeds(policy, href("/settings/single-sign-on"));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(wanted);
  };
  const toggle = (method: OwnSignInMethod, on: boolean) => {
    const left = SIGN_IN_METHODS.filter((one) => (one === method ? on : methods.includes(one)));
    change({ methods: left.length === SIGN_IN_METHODS.length ? null : left });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-6 p-4">
      {mayWrite ? null : <Alert tone="info" title="Owners of the organization set this." />}
      {meeting === "ask" ? <Alert tone="warning" title="Somebody has changed these rules meanwhile"><span className="flex flex-wrap items-center gap-2">Saving puts yours in their place. <Button size="sm" onClick={take}>Show theirs</Button></span></Alert> : null}
      {save.isError ? <Alert tone="danger" title={readRefusal(save.error).message} /> : null}
      <Rule label="Second factor required" checked={secondFactorRequired} disabled={!mayWrite} change={(on) => change({ secondFactorRequired: on })}>
        A passkey or an authenticator app, beside the password. {peopleText(policy.peopleWithoutFactor)}
      </Rule>
      <Rule label="Single sign-on required" checked={ssoRequired} disabled={!mayWrite || (missing !== null && !policy.ssoRequired)} change={(on) => change({ ssoRequired: on })}>
        {missing ?? <>People with an address of {policy.ssoDomains.join(", ")} come in by your provider and in no other way. Owners who have a passkey or an authenticator app still can, so that a provider that fails shuts nobody out for good. People with other addresses sign in as before.</>}
      </Rule>
      <fieldset className="flex flex-col gap-2">
        <legend className="text-sm font-medium">Ways to sign in</legend>
        <p className="text-xs text-muted-foreground">Your single sign-on is always one. Whoever came by a way that is not allowed any more signs in anew; owners who have a second factor may use every way. {waysText(policy, methods)}</p>
        <div className="flex flex-wrap gap-x-5 gap-y-2">
          {SIGN_IN_METHODS.map((method) => (
            <label key={method} className="flex items-center gap-2 text-sm">
              <Checkbox checked={methods.includes(method)} disabled={!mayWrite || (methods.length === 1 && methods[0] === method)} onCheckedChange={(on) => toggle(method, on === true)} />
              {WAY_NAMES[method]}
            </label>
          ))}
        </div>
      </fieldset>
      <div className="grid gap-4 sm:grid-cols-2">
        <Span label="A session ends without use after" choices={shorter(IDLE_CHOICES, policy.defaults.sessionIdleMinutes)} value={sessionIdleMinutes} none={asInstalled(policy.defaults.sessionIdleMinutes)} disabled={!mayWrite} change={(minutes) => change({ sessionIdleMinutes: minutes })} />
        <Span label="A session ends in any case after" choices={shorter(MAX_CHOICES, policy.defaults.sessionMaxMinutes)} value={sessionMaxMinutes} none={asInstalled(policy.defaults.sessionMaxMinutes)} disabled={!mayWrite} change={(minutes) => change({ sessionMaxMinutes: minutes })} />
        <Span
          label="An API token ends at the latest after"
          hint="Those that there are end then too."
          choices={TOKEN_DAYS.map((days) => days * DAY_MINUTES)}
          value={tokenMaxDays === null ? null : tokenMaxDays * DAY_MINUTES}
          none="What it says itself"
          disabled={!mayWrite}
          change={(minutes) => change({ tokenMaxDays: minutes === null ? null : minutes / DAY_MINUTES })}
        />
      </div>
      {mayWrite ? <Button type="submit" variant="primary" className="self-start" disabled={save.isPending || isSamePolicy(wanted, policy)}>{save.isPending ? "Saving …" : "Save"}</Button> : null}
    </form>
  );
}

/** Longer than the installation allows would change nothing. */
const shorter = (choices: readonly number[], installed: number) => choices.filter((minutes) => minutes < installed);
const asInstalled = (minutes: number) => `${spanText(minutes)} (the installation’s)`;

function peopleText(count: number): string {
  if (count === 0) return "Everybody has one.";
  return `${count} ${count === 1 ? "person has" : "people have"} none yet and will be asked to set one up first.`;
}

/** Of those who have none of the ways that stay. */
function waysText({ peopleByWays }: SignInPolicyView, methods: readonly OwnSignInMethod[]): string {
  const count = peopleByWays.reduce((sum, { ways, people }) => (ways.some((way) => methods.includes(way)) ? sum : sum + people), 0);
  if (count === 0) return "Everybody has one of these.";
  return `${count} ${count === 1 ? "person has" : "people have"} none of these yet: unless your single sign-on lets them in, they add one first, by a link that is mailed to them or that the machine makes.`;
}

/** Null: nothing. */
function whatSsoNeeds({ ssoDomains, ownersWithFactor }: SignInPolicyView, page: string): ReactNode {
  const link = <Link href={page} className="text-primary underline underline-offset-4">Single sign-on</Link>;
  if (ssoDomains.length === 0) return <>Needs a verified domain whose people sign in with a connection that is on: {link}.</>;
  if (ownersWithFactor === 0) return <>Needs an owner who has a passkey or an authenticator app, to come in when the provider fails.</>;
  return null;
}

function Rule({ label, checked, disabled, change, children }: { label: string; checked: boolean; disabled: boolean; change: (on: boolean) => void; children: ReactNode }) {
  return (
    <div className="flex items-start gap-3">
      <Switch aria-label={label} className="mt-0.5" checked={checked} disabled={disabled} onCheckedChange={change} />
      <div className="flex min-w-0 flex-col gap-0.5">
        <span className="text-sm font-medium" aria-hidden>{label}</span>
        <p className="text-xs text-muted-foreground">{children}</p>
      </div>
    </div>
  );
}

interface SpanProps {
  label: string;
  hint?: string;
  choices: readonly number[];
  value: number | null;
  /** Of what there is without a choice. */
  none: string;
  disabled: boolean;
  change: (minutes: number | null) => void;
}

function Span({ label, hint, choices, value, none, disabled, change }: SpanProps) {
  const offered = [...new Set([...choices, ...(value === null ? [] : [value])])].sort((one, other) => one - other);
  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })}>
      {(control) => (
        <Select
          {...control}
          disabled={disabled}
          value={value === null ? NONE : String(value)}
          onValueChange={(text) => change(text === NONE ? null : Number(text))}
          options={[{ value: NONE, label: none }, ...offered.map((minutes) => ({ value: String(minutes), label: spanText(minutes) }))]}
        />
      )}
    </Field>
  );
}
