import type { ComparedValue } from "@/server/deployments/contract";

const WHERE = { own: "its own", general: "the one for all", none: "none" } as const;

/** The values that a version names, where it comes from and where it goes; of secrets only whether there is one. */
export function ComparedValues({ values, from, to }: { values: readonly ComparedValue[]; from: string | null; to: string }) {
  if (values.length === 0) return null;
  const text = (kind: ComparedValue["from"], value: string | null) => (value === null ? WHERE[kind ?? "none"] : value);
  return (
    <div className="overflow-x-auto rounded-lg border">
      <table className="w-full text-left text-sm">
        <caption className="sr-only">Values that the version names</caption>
        <thead className="text-xs text-muted-foreground">
          <tr>
            <th scope="col" className="px-3 py-2 font-medium">Value</th>
            {from === null ? null : <th scope="col" className="px-3 py-2 font-medium">{from}</th>}
            <th scope="col" className="px-3 py-2 font-medium">{to}</th>
          </tr>
        </thead>
        <tbody className="divide-y border-t">
          {values.map((value) => (
            <tr key={`${value.what} ${value.name}`}>
              <th scope="row" className="px-3 py-2 font-normal">
                <code className="font-mono break-all">{value.name}</code> <span className="text-xs text-muted-foreground">{value.what}</span>
              </th>
              {from === null ? null : <td className="px-3 py-2 break-all">{text(value.from, value.fromValue)}</td>}
              <td className={value.to === null ? "px-3 py-2 text-destructive" : "px-3 py-2 break-all"}>{text(value.to, value.toValue)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
