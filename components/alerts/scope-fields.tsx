"use client";

import { FolderPicker } from "@/components/organizing/folder-picker";
import { useTree } from "@/components/organizing/use-organizing";
import { folderChoices } from "@/components/programs/folder-choices";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { TriggerPicker } from "@/components/triggers/trigger-picker";
import { WorkflowPicker } from "@/components/workflows/workflow-picker";
import type { RuleView } from "@/server/alerts/contract";

const SCOPES = [
  { value: "workspace", label: "The whole workspace" },
  { value: "folder", label: "A folder and what is in it" },
  { value: "workflow", label: "A workflow" },
  { value: "trigger", label: "A trigger" },
] as const;

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

function Thing(props: ScopeFieldsProps) {
  const { scopeType, scopeId, onChange } = props;
  switch (scopeType) {
    case "folder":
      return <FolderField {...props} />;
    case "workflow":
      return (
        <Field label="A workflow" required>
          {(control) => <WorkflowPicker {...control} value={scopeId} onPick={(workflow) => onChange({ scopeType, scopeId: workflow?.id ?? null })} />}
        </Field>
      );
    default:
      return (
        <Field label="A trigger" required>
          {(control) => <TriggerPicker {...control} value={scopeId} onPick={({ id }) => onChange({ scopeType, scopeId: id })} />}
        </Field>
      );
  }
}

function FolderField({ scopeType, scopeId, onChange }: ScopeFieldsProps) {
  const tree = useTree();
  const options = folderChoices(tree.data?.folders ?? []);
  return (
    <Field label="A folder and what is in it" hint={tree.isSuccess && options.length === 0 ? "There is none." : undefined} required>
      {(control) => <FolderPicker {...control} value={scopeId ?? undefined} onValueChange={(id) => onChange({ scopeType, scopeId: id })} options={options} />}
    </Field>
  );
}
