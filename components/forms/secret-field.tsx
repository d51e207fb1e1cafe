"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useContext } from "react";
import { useTRPC } from "@/components/data/trpc";
import { useHref, useMay } from "@/components/shell/workspace-context";
import type { FieldControl } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { WorkflowOfForm } from "./workflow-of-form";

export interface SecretFieldProps {
  control: FieldControl;
  value: unknown;
  onChange: (value: unknown) => void;
}

/** One of the secrets that the workflow sees, by name. Who may not list them writes the name. */
export function SecretField({ control, value, onChange }: SecretFieldProps) {
  const trpc = useTRPC();
  const href = useHref();
  const mayList = useMay("secret:list");
  const workflowId = useContext(WorkflowOfForm);
  const ofWorkspace = useQuery({ ...trpc.secrets.list.queryOptions(), enabled: mayList && workflowId === null });
  const ofWorkflow = useQuery({ ...trpc.secrets.ofWorkflow.queryOptions({ workflowId: workflowId ?? "" }), enabled: mayList && workflowId !== null });
  const secrets = workflowId === null ? ofWorkspace : ofWorkflow;
  const name = typeof value === "string" ? value : "";
  if (!mayList || secrets.isError) return <Input {...control} value={name} onChange={(event) => onChange(event.target.value === "" ? undefined : event.target.value)} />;
  // Without a workflow nothing sees into folders.
  const names = (secrets.data ?? []).flatMap((secret) => (workflowId !== null || secret.folderId === null ? secret.name : []));
  const isMissing = name !== "" && secrets.isSuccess && !names.includes(name);
  const options = [...names.map((one) => ({ value: one, label: one })), ...(isMissing ? [{ value: name, label: `${name} (there is no such secret)` }] : [])];
  return (
    <>
      <Select {...control} value={name === "" ? undefined : name} onValueChange={onChange} options={options} placeholder={secrets.isPending ? "Loading …" : names.length === 0 ? "No secret yet" : "Choose a secret"} />
      <Link href={href("/settings/secrets")} target="_blank" className="self-start text-xs text-muted-foreground underline-offset-4 hover:underline">
        Manage secrets
      </Link>
    </>
  );
}
