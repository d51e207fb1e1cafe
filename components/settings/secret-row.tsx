import { Pencil, Trash2 } from "lucide-react";
import { EnvironmentPlace } from "@/components/environments/environment-choice";
import { Moment } from "@/components/time/moment";
import { Button } from "@/components/ui/button";
import type { SecretView } from "@/server/secrets/contract";
import { EntryLink, EntryRow } from "./entry";
import { FolderPlace } from "./folder-place";

export interface SecretRowProps {
  secret: SecretView;
  mayWrite: boolean;
  onChange: () => void;
  onDelete: () => void;
  onUses: () => void;
}

export function SecretRow({ secret, mayWrite, onChange, onDelete, onUses }: SecretRowProps) {
  return (
    <EntryRow id={secret.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="flex min-w-0 flex-1 basis-40 flex-col gap-1">
        <p className="flex min-w-0 flex-wrap items-center gap-2">
          <EntryLink id={secret.id}><code className="font-mono text-sm font-medium break-all">{secret.name}</code></EntryLink>
          <EnvironmentPlace environmentId={secret.environmentId} />
          <FolderPlace item={secret} />
        </p>
        {secret.description ? <p className="text-sm text-muted-foreground">{secret.description}</p> : null}
        <p className="text-xs text-muted-foreground">
          Changed <Moment at={secret.updatedAt} />
          {secret.updatedBy === null ? "" : ` by ${secret.updatedBy}`}
          {secret.store === null ? "" : `, lies in ${secret.store.name} as ${secret.store.ref}`}
          {secret.lastUsedAt === null ? ", never used" : <>, used <Moment at={secret.lastUsedAt} /></>}
        </p>
      </div>
      <Button variant="ghost" size="sm" onClick={onUses} aria-label={`Where ${secret.name} is used`}>
        {usesText(secret.useCount)}
      </Button>
      {mayWrite ? (
        <div className="flex">
          <Button variant="ghost" size="icon" aria-label={`Change ${secret.name}`} onClick={onChange}>
            <Pencil aria-hidden />
          </Button>
          <Button variant="ghost" size="icon" aria-label={`Delete ${secret.name}`} onClick={onDelete}>
            <Trash2 aria-hidden />
          </Button>
        </div>
      ) : null}
    </EntryRow>
  );
}

export function usesText(count: number): string {
  return count === 0 ? "Not used" : count === 1 ? "1 use" : `${count} uses`;
}
