import type { BenchServer } from "@/bench/server";

export interface Figure {
  workload: string;
  /** What was measured. */
  measure: string;
  value: number;
  unit: string;
  aim?: Aim;
}

/** What a figure should be, in words, and whether it is. */
export interface Aim {
  text: string;
  met: boolean;
}

export interface Bench {
  server: BenchServer;
  /** Repetitions of figures that other load on the machine disturbs; the best one counts. */
  rounds: number;
  say(text: string): void;
}

export interface Workload {
  name: string;
  title: string;
  measure(bench: Bench): Promise<Figure[]>;
}

export function atLeast(value: number, aim: number, unit: string): Aim {
  return { text: `≥ ${aim.toLocaleString("en-US")} ${unit}`, met: value >= aim };
}

export function atMost(value: number, aim: number, unit: string): Aim {
  return { text: `≤ ${aim.toLocaleString("en-US")} ${unit}`, met: value <= aim };
}
