"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/data/trpc";
import type { UrlChange } from "@/components/shell/use-url-state";
import { useEnvironments } from "@/components/environments/use-environments";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { LabelEntry } from "./label-entry";
import { MultiChoice } from "./multi-choice";
import type { RunFilter } from "./run-filter";
import { StarterPicker } from "./starter-picker";
import { VersionPicker } from "./version-picker";

const ANY = "any";

export interface MoreFiltersProps {
  filter: RunFilter;
  change: (change: UrlChange) => void;
}

export function MoreFilterFields({ filter, change }: MoreFiltersProps) {
  const trpc = useTRPC();
  const options = useQuery(trpc.runs.filterOptions.queryOptions());
  const { labels = [] } = options.data ?? {};
  const environments = useEnvironments();
  const choice = (name: string) => (value: string) => change({ [name]: value === ANY ? null : value });
  const shownLabels = [...new Set([...filter.labels, ...labels])];
  return (
    <div className="flex flex-col gap-3">
      {environments.length === 0 ? null : (
        <Field label="Environment">
          {(control) => (
            <Select {...control} value={filter.environmentId ?? ANY} onValueChange={choice("environment")} options={[{ value: ANY, label: "Any environment" }, ...environments.map(({ id, name }) => ({ value: id, label: name }))]} />
          )}
        </Field>
      )}
      <Field label="Started by">
        {(control) => <StarterPicker control={control} value={filter.startedById ?? null} onPick={(id) => change({ person: id })} />}
      </Field>
      <Field label="Version" hint={filter.workflowId === undefined ? "Choose a workflow first." : undefined}>
        {(control) => <VersionPicker control={control} workflowId={filter.workflowId} value={filter.versionId ?? null} onPick={(id) => change({ version: id })} />}
      </Field>
      <div className="grid grid-cols-2 gap-2">
        <Seconds label="Took at least (s)" value={filter.minDurationMs} onChange={(value) => change({ longer: value })} />
        <Seconds label="Took at most (s)" value={filter.maxDurationMs} onChange={(value) => change({ shorter: value })} />
      </div>
      {options.isError ? (
        <p role="alert" className="text-xs text-destructive">
          What there is to choose from could not be loaded. <Button variant="link" size="sm" onClick={() => void options.refetch()}>Try again</Button>
        </p>
      ) : null}
      {shownLabels.length === 0 ? null : (
        <MultiChoice label="Labels" options={shownLabels.map((label) => ({ value: label, label: label.replace("=", ": ") }))} chosen={filter.labels} onChange={(label) => change({ label })} />
      )}
      <LabelEntry
        hint={options.isSuccess && labels.length === 0 ? "The newest runs have no labels; older ones may." : "Labels of the newest runs are offered; any other one can be entered."}
        onEnter={(label) => change({ label: [...new Set([...filter.labels, label])] })}
      />
    </div>
  );
}

function Seconds({ label, value, onChange }: { label: string; value: number | undefined; onChange: (milliseconds: string | null) => void }) {
  const begin = value === undefined ? "" : String(value / 1_000);
  const done = (text: string) => {
    const seconds = Number(text);
    if (text !== begin) onChange(text.trim() === "" || !Number.isFinite(seconds) || seconds < 0 ? null : String(Math.round(seconds * 1_000)));
  };
  return (
    <Field label={label}>
      {(control) => (
        <Input
          {...control}
          key={begin}
          type="number"
          min={0}
          step="any"
          defaultValue={begin}
          onBlur={(event) => done(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") done(event.currentTarget.value);
          }}
        />
      )}
    </Field>
  );
}
