import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { MonthUsage } from "@/server/usage/contract";
import { sayAmount, sayMonth } from "./amounts";

export function UsageTable({ months }: { months: readonly MonthUsage[] }) {
  return (
    <Table label="Usage by month">
      <TableHeader>
        <tr>
          <TableHead>Month</TableHead>
          <UsageHeads />
        </tr>
      </TableHeader>
      <TableBody>
        {months.map((month) => (
          <TableRow key={month.month}>
            <TableCell className="whitespace-nowrap">{sayMonth(month.month)}</TableCell>
            <UsageCells usage={month} />
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

export function UsageHeads() {
  return ["Runs", "Steps", "Compute", "Tokens in", "Tokens out", "LLM cost", "Storage"].map((name) => <TableHead key={name} className="text-right whitespace-nowrap">{name}</TableHead>);
}

export function UsageCells({ usage }: { usage: Omit<MonthUsage, "month"> }) {
  const texts = [
    usage.runs.toLocaleString(), usage.steps.toLocaleString(), sayAmount("computeSeconds", usage.computeSeconds),
    usage.inputTokens.toLocaleString(), usage.outputTokens.toLocaleString(), sayAmount("llmCost", usage.llmCost), sayAmount("storage", usage.storage),
  ];
  return texts.map((text, index) => <TableCell key={index} className="text-right whitespace-nowrap tabular-nums">{text}</TableCell>);
}
