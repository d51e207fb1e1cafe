"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/components/data/trpc";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import type { RuleView } from "@/server/alerts/contract";

const SCOPES = [
  { value: "workspace", label: "The whole workspace" },
  { value: "folder", label: "A folder and what is in it" },
  { value: "workflow", label: "A workflow" },
  { value: "trigger", label: "A trigger" },
] as const;

const MOST = 200;

export interface ScopeFieldsProps {
  scopeType: RuleView["scopeType"];
  scopeId: string | null;
  onChange: (scope: { scopeType: RuleView["scopeType"]; scopeId: string | null }) => void;
}

export function ScopeFields({ scopeType, scopeId, onChange }: ScopeFieldsProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <Field label="About">
        {(control) => <Select {...control} value={scopeType} onValueChange={(value) => onChange({ scopeType: value as RuleView["scopeType"], scopeId: null })} options={SCOPES} />}
      </Field>
      {scopeType === "workspace" ? null : <Thing key={scopeType} scopeType={scopeType} scopeId={scopeId} onChange={onChange} />}
    </div>
  );
}

function Thing({ scopeType, scopeId, onChange }: ScopeFieldsProps) {
  const { options, isPending } = useThings(scopeType);
  return (
    <Field label={SCOPES.find(({ value }) => value === scopeType)!.label} required>
      {(control) => <Select {...control} value={scopeId ?? undefined} onValueChange={(id) => onChange({ scopeType, scopeId: id })} options={options} placeholder={isPending ? "Loading …" : options.length === 0 ? "There is none" : "Choose one"} />}
    </Field>
  );
}

function useThings(scopeType: RuleView["scopeType"]) {
  const trpc = useTRPC();
  const tree = useQuery({ ...trpc.organizing.tree.queryOptions(), enabled: scopeType === "folder" });
  const workflows = useQuery({ ...trpc.workflows.list.queryOptions({ limit: MOST }), enabled: scopeType === "workflow" });
  const triggers = useQuery({ ...trpc.triggers.list.queryOptions({ limit: MOST }), enabled: scopeType === "trigger" });
  switch (scopeType) {
    case "folder":
      return { isPending: tree.isPending, options: tree.data?.folders.map(({ id, name }) => ({ value: id, label: name })) ?? [] };
    case "workflow":
      return { isPending: workflows.isPending, options: workflows.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? [] };
    default:
      return { isPending: triggers.isPending, options: triggers.data?.items.map(({ id, name, workflow }) => ({ value: id, label: `${name} (${workflow.name})` })) ?? [] };
  }
}
