"use client";

import { useState } from "react";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { DeploymentsOfWorkflow } from "@/server/deployments/contract";
import { useDeployments } from "./use-environments";

type Places = DeploymentsOfWorkflow["environments"];

/** Where a run starts: as the last time for this workflow, else the live environment; a test in the first that takes tests. Undefined: there is no choice. */
export function useStartEnvironment(workflowId: string, mode: "production" | "test"): [value: string | undefined, choose: (slug: string) => void, places: Places] {
  const all = useDeployments(workflowId);
  const key = `millrace.environment.${mode}.${workflowId}`;
  const [chosen, setChosen] = useState(() => localStorage.getItem(key));
  const places = all.filter((place) => (mode === "test" ? place.allowsTests : place.current !== null));
  const usual = mode === "test" ? places[0] : (places.find(({ isLive }) => isLive) ?? places.at(-1));
  const value = (places.find(({ slug }) => slug === chosen) ?? usual)?.slug;
  const choose = (slug: string) => {
    localStorage.setItem(key, slug);
    setChosen(slug);
  };
  return [value, choose, places];
}

export function StartEnvironment({ environments, value, onChange }: { environments: Places; value: string | undefined; onChange: (slug: string) => void }) {
  if (environments.length === 0) return null;
  return (
    <Field label="Environment">
      {(control) => <Select {...control} value={value} onValueChange={onChange} options={environments.map(({ slug, name, current }) => ({ value: slug, label: current === null ? name : `${name} (version ${current.version.number})` }))} />}
    </Field>
  );
}
