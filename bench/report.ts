import os from "node:os";
import type { Figure } from "@/bench/workload";

export interface Surroundings {
  date: string;
  machine: string;
  node: string;
  database: string;
  /** Load average of the last minute, before and after: what else the machine was doing. */
  load: { before: number; after: number };
}

export function machine(): string {
  const cpus = os.cpus();
  return `${cpus.length} × ${cpus[0]?.model.trim() ?? "unknown processor"}, ${Math.round(os.totalmem() / 2 ** 30)} GiB`;
}

/** A Markdown table, which reads well in a terminal too. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map(({ workload, measure, value, unit, aim }) => [workload, measure, `${shown(value)} ${unit}`, aim?.text ?? "", aim === undefined ? "" : aim.met ? "met" : "NOT met"]);
  const all = [["workload", "figure", "measured", "aim", ""], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const line = (row: string[]): string => `| ${row.map((cell, column) => (column === 2 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join(" | ")} |`;
  const rule = `|${widths.map((width, column) => (column === 2 ? `${"-".repeat(width + 1)}:` : "-".repeat(width + 2))).join("|")}|`;
  return [line(all[0]!), rule, ...rows.map(line)].join("\n");
}

function shown(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en-US");
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

export function describe({ date, machine: computer, node, database, load }: Surroundings): string {
  return [date, computer, `Node ${node}`, database, `load average ${load.before.toFixed(1)} before, ${load.after.toFixed(1)} after`].join(" · ");
}
