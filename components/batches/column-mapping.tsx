import type { RouterOutputs } from "@/components/data/trpc";
import { Label } from "@/components/ui/label";
import { Select } from "@/components/ui/select";

type Checked = RouterOutputs["batches"]["check"];

const NONE = "\u0000none";

/** Which column each field of the input is read from. Columns that belong to none become fields of their own name. */
export function ColumnMapping({ checked, onChange }: { checked: Checked; onChange: (mapping: Record<string, string>) => void }) {
  const { fields, columns, mapping } = checked;
  const names = new Set(fields.map(({ name }) => name));
  const extra = Object.keys(mapping).filter((field) => !names.has(field));
  const unused = columns.filter((name) => !Object.values(mapping).includes(name));
  const choose = (field: string, column: string) => {
    const others = Object.entries(mapping).filter(([name, used]) => name !== field && (names.has(name) || used !== column));
    onChange(Object.fromEntries(column === NONE ? others : [...others, [field, column]]));
  };
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1.5 text-sm font-medium">Columns</legend>
      {[...fields, ...extra.map((name) => ({ name, type: null, required: false }))].map(({ name, type, required }) => {
        const id = `column-of-${name}`;
        return (
          <div key={name} className="grid grid-cols-2 items-center gap-2">
            <Label htmlFor={id} className="min-w-0 truncate font-mono text-xs">
              {name}
              {required ? <span className="text-destructive" aria-hidden> *</span> : null}
              {type === null ? null : <span className="ml-1.5 text-muted-foreground">{type}</span>}
            </Label>
            <Select id={id} value={mapping[name] ?? NONE} onValueChange={(column) => choose(name, column)} options={[{ value: NONE, label: "No column" }, ...columns.map((column) => ({ value: column, label: column }))]} />
          </div>
        );
      })}
      {unused.length > 0 ? <p className="text-xs text-muted-foreground">{`Not used: ${unused.join(", ")}.`}</p> : null}
    </fieldset>
  );
}
