"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { useTRPC, type RouterInputs } from "@/components/data/trpc";
import { useEnvironments } from "@/components/environments/use-environments";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { createRuleInput, OF_WORKSPACE, type RuleView } from "@/server/alerts/contract";
import { ConditionFields } from "./condition-fields";
import { ScopeFields } from "./scope-fields";

export type RuleFields = Required<RouterInputs["alerts"]["createRule"]>;

const NEW: RuleFields = { name: "", enabled: true, scopeType: "workspace", scopeId: null, environmentId: null, conditions: [{ type: "runFailed" }], channelIds: [], inApp: true };

const ALL = "all";
const isWhole = ({ scopeType, environmentId }: RuleFields) => scopeType === "workspace" && environmentId === null;

export function fieldsOf({ name, enabled, scopeType, scope, environment, conditions, channels, inApp }: RuleView): RuleFields {
  return { name, enabled, scopeType, scopeId: scope?.id ?? null, environmentId: environment?.id ?? null, conditions, channelIds: channels.map(({ id }) => id), inApp };
}

export function RuleDialog({ rule, close }: { rule: RuleView | null; close: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const formId = useId();
  const [fields, setFields] = useState(rule === null ? NEW : fieldsOf(rule));
  const change = (part: Partial<RuleFields>) => setFields((current) => ({ ...current, ...part }));
  const environments = useEnvironments();
  const place = (part: Pick<Partial<RuleFields>, "scopeType" | "scopeId" | "environmentId">) =>
    setFields((current) => {
      const next = { ...current, ...part };
      return isWhole(next) ? next : { ...next, conditions: next.conditions.filter(({ type }) => !OF_WORKSPACE.includes(type)) };
    });
  const onSuccess = async () => {
    await queryClient.invalidateQueries({ queryKey: trpc.alerts.rules.pathKey() });
    close();
  };
  const create = useMutation(trpc.alerts.createRule.mutationOptions({ onSuccess }));
  const update = useMutation(trpc.alerts.updateRule.mutationOptions({ onSuccess }));
  const error = create.error ?? update.error;
  const isComplete = createRuleInput.safeParse(fields).success && (fields.scopeType === "workspace" || fields.scopeId !== null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isComplete) return;
    if (rule === null) create.mutate(fields);
    else update.mutate({ ruleId: rule.id, ...fields });
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={rule === null ? "New rule" : `Change ${rule.name}`}
        className="sm:max-w-xl"
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button type="submit" form={formId} variant="primary" disabled={!isComplete || create.isPending || update.isPending}>Save</Button>
          </>
        }
      >
        <form id={formId} onSubmit={submit} noValidate className="flex flex-col gap-5">
          {error === null ? null : <Alert tone="danger" title={readRefusal(error).message} />}
          <Field label="Name" required>
            {(control) => <Input {...control} value={fields.name} maxLength={200} placeholder="Failures of the shop" onChange={(event) => change({ name: event.target.value })} />}
          </Field>
          <ScopeFields
            scopeType={fields.scopeType}
            scopeId={fields.scopeId}
            onChange={place}
          />
          {environments.length === 0 ? null : (
            <Field label="In">
              {(control) => <Select {...control} value={fields.environmentId ?? ALL} onValueChange={(id) => place({ environmentId: id === ALL ? null : id })} options={[{ value: ALL, label: "All environments" }, ...environments.map(({ id, name }) => ({ value: id, label: name }))]} />}
            </Field>
          )}
          <ConditionFields conditions={fields.conditions} isWhole={isWhole(fields)} onChange={(conditions) => change({ conditions })} />
          <Recipients fields={fields} change={change} />
        </form>
      </DialogContent>
    </Dialog>
  );
}

function Recipients({ fields, change }: { fields: RuleFields; change: (part: Partial<RuleFields>) => void }) {
  const trpc = useTRPC();
  const channels = useQuery(trpc.alerts.channels.queryOptions());
  const id = useId();
  const toggle = (channelId: string, isChosen: boolean) => change({ channelIds: isChosen ? [...fields.channelIds, channelId] : fields.channelIds.filter((other) => other !== channelId) });
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">Who hears of it</legend>
      <div className="flex items-center gap-2">
        <Checkbox id={`${id}-people`} checked={fields.inApp} onCheckedChange={(inApp) => change({ inApp: inApp === true })} />
        <label htmlFor={`${id}-people`} className="text-sm">People of the workspace, in their inbox or by mail as they prefer</label>
      </div>
      {channels.data?.map((channel) => (
        <div key={channel.id} className="flex items-center gap-2">
          <Checkbox id={`${id}-${channel.id}`} checked={fields.channelIds.includes(channel.id)} onCheckedChange={(isChosen) => toggle(channel.id, isChosen === true)} />
          <label htmlFor={`${id}-${channel.id}`} className="min-w-0 text-sm break-words">
            {channel.name} <span className="text-muted-foreground">({channel.to.join(", ")})</span>
          </label>
        </div>
      ))}
      {channels.data?.length === 0 ? <p className="text-xs text-muted-foreground">Mailboxes, Slack and other programs are added under Channels.</p> : null}
    </fieldset>
  );
}
