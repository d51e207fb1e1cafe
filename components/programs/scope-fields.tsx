"use client";

import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { useTRPC } from "@/components/data/trpc";
import { FolderPicker } from "@/components/organizing/folder-picker";
import { useWorkspace } from "@/components/shell/workspace-context";
import { Checkbox } from "@/components/ui/checkbox";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { PERMISSION_RULES, type Permission } from "@/server/auth/permissions";
import { folderChoices } from "./folder-choices";

const EVERYWHERE = "everywhere";
const USUAL = ["workflow:read", "run:read", "run:start"];

export interface Scoping {
  scopes: readonly string[];
  /** Null: in the whole workspace. */
  folderId: string | null;
  /** One address or range on a line. */
  addresses: string;
}

export function useUsualScoping(): Scoping {
  const { permissions } = useWorkspace().current;
  return { scopes: USUAL.filter((scope) => permissions.includes(scope)), folderId: null, addresses: "" };
}

/** As the server takes it: a folder holds what is in folders, and leaves the rest away. */
export function scopingInput({ scopes, folderId, addresses }: Scoping): { scopes: string[]; allowedAddresses: string[] } {
  return {
    scopes: folderId === null ? [...scopes] : scopes.filter(isInFolders).map((scope) => `${scope}:${folderId}`),
    allowedAddresses: addresses.split(/[\s,]+/).filter((text) => text !== ""),
  };
}

const isInFolders = (scope: string) => PERMISSION_RULES[scope as Permission]?.on === "thing";

/** What a program may, where, and from where. */
export function ScopeFields({ value, onChange }: { value: Scoping; onChange: (value: Scoping) => void }) {
  const trpc = useTRPC();
  const { permissions } = useWorkspace().current;
  const tree = useQuery(trpc.organizing.tree.queryOptions());
  const id = useId();
  const { scopes, folderId, addresses } = value;
  const offered = permissions.filter((scope) => folderId === null || isInFolders(scope));
  return (
    <>
      <Field label="Where" hint="In a folder, with all below it, or in the whole workspace.">
        {(control) => (
          <FolderPicker
            {...control}
            value={folderId ?? EVERYWHERE}
            onValueChange={(chosen) => onChange({ ...value, folderId: chosen === EVERYWHERE ? null : chosen })}
            options={[{ value: EVERYWHERE, label: "The whole workspace" }, ...folderChoices(tree.data?.folders ?? [])]}
          />
        )}
      </Field>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1.5 text-sm font-medium">It may</legend>
        <div className="grid max-h-56 gap-2 overflow-y-auto rounded-md border p-3 sm:grid-cols-2" tabIndex={0} role="group" aria-label="It may">
          {offered.map((scope) => (
            <div key={scope} className="flex items-start gap-2">
              <Checkbox
                id={`${id}-${scope}`}
                checked={scopes.includes(scope)}
                onCheckedChange={(checked) => onChange({ ...value, scopes: checked === true ? [...scopes, scope] : scopes.filter((entry) => entry !== scope) })}
              />
              <label htmlFor={`${id}-${scope}`} className="flex min-w-0 flex-col">
                <span className="font-mono text-xs">{scope}</span>
                <span className="text-xs text-muted-foreground">{PERMISSION_RULES[scope as Permission]?.does}</span>
              </label>
            </div>
          ))}
        </div>
      </fieldset>
      <Field label="Only from" hint="Addresses or CIDR ranges, one on a line. Empty: from anywhere.">
        {(control) => <Textarea {...control} rows={2} value={addresses} placeholder="192.0.2.0/24" className="min-h-16 font-mono text-xs" onChange={(event) => onChange({ ...value, addresses: event.target.value })} />}
      </Field>
    </>
  );
}
