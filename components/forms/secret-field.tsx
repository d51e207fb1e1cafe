"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTRPC } from "@/components/data/trpc";
import { useHref, useMay } from "@/components/shell/workspace-context";
import type { FieldControl } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";

export interface SecretFieldProps {
  control: FieldControl;
  value: unknown;
  onChange: (value: unknown) => void;
}

/** One of the workspace's secrets by name. Who may not list them writes the name. */
export function SecretField({ control, value, onChange }: SecretFieldProps) {
  const trpc = useTRPC();
  const href = useHref();
  const mayList = useMay("secret:list");
  const secrets = useQuery({ ...trpc.secrets.list.queryOptions(), enabled: mayList });
  const name = typeof value === "string" ? value : "";
  if (!mayList || secrets.isError) return <Input {...control} value={name} onChange={(event) => onChange(event.target.value === "" ? undefined : event.target.value)} />;
  const names = secrets.data?.map((secret) => secret.name) ?? [];
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
