"use client";

import { CHANGE_LOOK, type Change } from "@/components/canvas/change-look";
import { describeField } from "@/components/workflows/merge/describe-incoming";
import { countChanges, type DefinitionDiff, type FieldChange } from "./diff-definitions";

export interface ChangeListProps {
  diff: DefinitionDiff;
  selected: string | null;
  onSelect: (nodeId: string) => void;
}

/** Every change in words, with both values. */
export function ChangeList({ diff, selected, onSelect }: ChangeListProps) {
  const count = countChanges(diff);
  if (count === 0) return <p className="p-4 text-sm text-muted-foreground">Both are the same.</p>;
  return (
    <div className="flex flex-col gap-3 p-3 text-sm">
      <p className="text-xs text-muted-foreground">
        {count === 1 ? "One change" : `${count} changes`}
        {diff.isLayoutOnly ? ", on the canvas only: runs are the same." : "."}
      </p>
      <ul aria-label="Changes" className="flex flex-col gap-2">
        {diff.nodes.map(({ id, name, kind, fields }) => (
          <li key={id} className={`rounded-md border p-2 ${selected === id ? "border-primary" : ""}`}>
            {kind === "removed" || selected === null || selected !== id ? (
              <button type="button" onClick={() => onSelect(id)} className="flex w-full items-center gap-2 rounded-sm text-left">
                <Title kind={kind} name={name} />
              </button>
            ) : (
              <span className="flex items-center gap-2"><Title kind={kind} name={name} /></span>
            )}
            <Fields fields={fields} />
          </li>
        ))}
        {diff.edges.map(({ key, name, kind, fields }) => (
          <li key={key} className="rounded-md border p-2">
            <span className="flex items-center gap-2"><Title kind={kind} name={name} /></span>
            <Fields fields={fields} />
          </li>
        ))}
        {diff.run.length > 0 ? (
          <li className="rounded-md border p-2">
            <span className="flex items-center gap-2"><Title kind="changed" name="The workflow" /></span>
            <Fields fields={diff.run} />
          </li>
        ) : null}
      </ul>
    </div>
  );
}

function Title({ kind, name }: { kind: Change; name: string }) {
  const { icon: Icon, label, color } = CHANGE_LOOK[kind];
  return (
    <>
      <Icon className="size-4 shrink-0" style={{ color }} aria-hidden />
      <span className="min-w-0 flex-1 break-words">{name}</span>
      <span className="shrink-0 text-xs text-muted-foreground">{label}</span>
    </>
  );
}

function Fields({ fields }: { fields: readonly FieldChange[] }) {
  if (fields.length === 0) return null;
  return (
    <dl className="mt-2 flex flex-col gap-2 text-xs">
      {fields.map(({ path, before, after }) => (
        <div key={path.join("/")} className="flex flex-col gap-1">
          <dt className="text-muted-foreground">{describeField(path)}</dt>
          <dd className="grid grid-cols-2 gap-1.5">
            <Value label="Before" value={before} />
            <Value label="After" value={after} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Value({ label, value }: { label: string; value: unknown }) {
  const text = value === undefined ? "not set" : typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return (
    <div className="min-w-0 rounded-sm bg-muted/60 px-1.5 py-1">
      <span className="sr-only">{label}: </span>
      <pre className={`max-h-40 overflow-auto font-mono break-words whitespace-pre-wrap ${label === "Before" && value !== undefined ? "line-through decoration-muted-foreground/60" : ""}`}>{text}</pre>
    </div>
  );
}
