import type { RouterOutputs } from "@/components/data/trpc";
import { Alert } from "@/components/ui/alert";

type Checked = RouterOutputs["batches"]["check"];

/** Each row that cannot start, by line and field. */
export function RowProblems({ checked: { total, bad, problems, limit } }: { checked: Checked }) {
  if (total === 0) return <Alert tone="warning" title="The file has no rows below its header." />;
  if (bad === 0) return <Alert title={`All ${total} rows fit the workflow's input.`}>{`One batch may start ${limit} runs.`}</Alert>;
  return (
    <Alert tone="danger" title={`${bad} of ${total} ${total === 1 ? "row does" : "rows do"} not fit the workflow's input`}>
      <ul className="max-h-40 overflow-y-auto" aria-label="Bad rows" tabIndex={0}>
        {problems.map(({ row, line, field, reason }, index) => (
          <li key={index}>
            {line === null ? `Row ${row}` : `Line ${line}`}
            {field === "" ? " " : <>, <code className="text-xs">{field.replace(/^input\/?/, "") || "input"}</code> </>}
            {reason}
          </li>
        ))}
      </ul>
      {problems.some(({ row }) => row > 0) && new Set(problems.map(({ row }) => row)).size < bad ? <p>{`These are the first ${problems.length} problems.`}</p> : null}
    </Alert>
  );
}
