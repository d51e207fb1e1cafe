"use client";

import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { EnvironmentBadge } from "./environment-badge";
import { useEnvironments } from "./use-environments";

const ALL = "all";

/** For which environment a value is; nothing where the workspace has none. */
export function EnvironmentChoice({ value, onChange }: { value: string | null; onChange: (environmentId: string | null) => void }) {
  const environments = useEnvironments();
  if (environments.length === 0) return null;
  const options = [{ value: ALL, label: "All environments" }, ...environments.map(({ id, name }) => ({ value: id, label: name }))];
  return (
    <Field label="Environment" hint="A value for one environment stands before the one for all in the same place.">
      {(control) => <Select {...control} value={value ?? ALL} options={options} onValueChange={(chosen) => onChange(chosen === ALL ? null : chosen)} />}
    </Field>
  );
}

/** The environment that a value is for. */
export function EnvironmentPlace({ environmentId }: { environmentId: string | null }) {
  const environment = useEnvironments().find(({ id }) => id === environmentId);
  return environment === undefined ? null : <EnvironmentBadge environment={environment} />;
}

/** Whose version and values the runs of a trigger have; null: the live one. */
export function TriggerEnvironment({ value, onChange }: { value: string | null; onChange: (environmentId: string | null) => void }) {
  const environments = useEnvironments();
  const live = environments.find(({ isLive }) => isLive);
  if (live === undefined || environments.length < 2) return null;
  return (
    <Field label="Environment" hint="Its runs have the version and the values of this environment.">
      {(control) => <Select {...control} value={value ?? live.id} options={environments.map(({ id, name, isLive }) => ({ value: id, label: isLive ? `${name} (live)` : name }))} onValueChange={(chosen) => onChange(chosen === live.id ? null : chosen)} />}
    </Field>
  );
}
