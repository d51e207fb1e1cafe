import type { RouterOutputs } from "@/components/data/trpc";
import { Table, TableBody, TableHeader, TableRow } from "@/components/ui/table";

type Checked = RouterOutputs["batches"]["check"];

/** The first rows as the inputs that they become. */
export function RowPreview({ sample, total }: Pick<Checked, "sample" | "total">) {
  const names = [...new Set(sample.flatMap(({ input }) => Object.keys((input ?? {}) as object)))];
  if (names.length === 0) return null;
  return (
    <section className="flex flex-col gap-1.5">
      <h3 className="text-sm font-medium">{sample.length < total ? `The first ${sample.length} of ${total} inputs` : `${total} ${total === 1 ? "input" : "inputs"}`}</h3>
      <div className="rounded-md border">
        <Table label="Preview of the inputs" className="text-xs">
          <TableHeader>
            <tr>
              <th scope="col" className="px-2 py-1.5 font-medium">Row</th>
              {names.map((name) => <th key={name} scope="col" className="px-2 py-1.5 font-mono font-medium">{name}</th>)}
            </tr>
          </TableHeader>
          <TableBody>
            {sample.map(({ row, input }) => (
              <TableRow key={row}>
                <td className="px-2 py-1.5 text-muted-foreground">{row}</td>
                {names.map((name) => <td key={name} className="max-w-48 truncate px-2 py-1.5 font-mono">{shown((input as Record<string, unknown> | null)?.[name])}</td>)}
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </div>
    </section>
  );
}

function shown(value: unknown): string {
  return value === undefined ? "–" : JSON.stringify(value);
}
