import type { BenchServer } from "@/bench/server";

export interface Figure {
  workload: string;
  /** What was measured. */
  measure: string;
  value: number;
  unit: string;
  /** What it should be, in words, and whether it is. */
  aim?: { text: string; met: boolean };
}

export interface Bench {
  server: BenchServer;
  /** Repetitions of figures that other load on the machine disturbs; the best counts. */
  rounds: number;
  say(text: string): void;
}

export interface Workload {
  name: string;
  title: string;
  measure(bench: Bench): Promise<Figure[]>;
}
