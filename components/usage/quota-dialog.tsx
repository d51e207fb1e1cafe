"use client";

import { useId, useState, type FormEvent } from "react";
import { readRefusal } from "@/components/data/problem";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import { METRIC_LABELS, METRICS, type Metric } from "@/server/usage/constants";
import type { QuotaView } from "@/server/usage/contract";
import { UNITS } from "./amounts";

export interface QuotaValue {
  metric: Metric;
  amount: number | null;
  warnPercent: number;
  isHard: boolean;
}

interface Props {
  quota: QuotaView | null;
  /** Metrics that have a quota already. */
  taken: readonly Metric[];
  save: { isPending: boolean; error: unknown };
  onSave: (value: QuotaValue) => void;
  close: () => void;
}

const MOST_PERCENT = 100;

export function QuotaDialog({ quota, taken, save, onSave, close }: Props) {
  const formId = useId();
  const switchId = useId();
  const free = METRICS.filter((metric) => !taken.includes(metric));
  const [metric, setMetric] = useState<Metric>(quota?.metric ?? free[0] ?? "runs");
  const [text, setText] = useState(quota === null ? "" : String(quota.amount / UNITS[quota.metric].size));
  const [percentText, setPercentText] = useState(String(quota?.warnPercent ?? 80));
  const [isHard, setHard] = useState(quota?.isHard ?? false);
  const amount = text.trim() === "" ? NaN : Number(text.trim()) * UNITS[metric].size;
  const warnPercent = Number(percentText);
  const amountObjection = text.trim() === "" || (Number.isFinite(amount) && amount >= 0) ? null : "A number, zero or more.";
  const percentObjection = Number.isInteger(warnPercent) && warnPercent >= 1 && warnPercent <= MOST_PERCENT ? null : "A whole number from 1 to 100.";
  const isComplete = Number.isFinite(amount) && amount >= 0 && percentObjection === null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isComplete) onSave({ metric, amount, warnPercent, isHard });
  };
  return (
    <Dialog open onOpenChange={close}>
      <DialogContent
        title={quota === null ? "New quota" : `Quota of ${METRIC_LABELS[quota.metric].toLowerCase()}`}
        footer={
          <>
            {quota === null ? null : <Button variant="ghost" className="mr-auto" disabled={save.isPending} onClick={() => onSave({ metric, amount: null, warnPercent, isHard })}>Remove the quota</Button>}
            <Button onClick={close}>Cancel</Button>
            <Button type="submit" form={formId} variant="primary" disabled={!isComplete || save.isPending}>Save</Button>
          </>
        }
      >
        <form id={formId} onSubmit={submit} noValidate className="flex flex-col gap-4">
          {save.error === null || save.error === undefined ? null : <Alert tone="danger" title={readRefusal(save.error).message} />}
          {quota === null ? (
            <Field label="Of">{(control) => <Select {...control} value={metric} onValueChange={(value) => setMetric(value as Metric)} options={free.map((value) => ({ value, label: METRIC_LABELS[value] }))} />}</Field>
          ) : null}
          <Field label={`At most, in ${UNITS[metric].name}`} required hint={metric === "storage" ? "At any time." : "In a calendar month (UTC)."} error={amountObjection}>
            {(control) => <Input {...control} inputMode="decimal" className="w-40" value={text} onChange={(event) => setText(event.target.value)} />}
          </Field>
          <Field label="Warn at, in percent" error={percentObjection} hint="Owners and admins hear of it once a month, in their inbox and by mail as they prefer.">
            {(control) => <Input {...control} inputMode="numeric" className="w-24" value={percentText} onChange={(event) => setPercentText(event.target.value)} />}
          </Field>
          <div className="flex items-start gap-2 text-sm">
            <Switch id={switchId} className="mt-0.5" checked={isHard} onCheckedChange={setHard} />
            <label htmlFor={switchId} className="flex flex-col gap-0.5">
              Nothing new starts when it is used up
              <span className="text-xs text-muted-foreground">Runs that are under way go on. Starts are refused with the reason; events are held and go on by themselves when there is room.</span>
            </label>
          </div>
        </form>
      </DialogContent>
    </Dialog>
  );
}
