import { webMetrics } from "@/server/web-counts/service";

/** How many more tries to sign in `/metrics` tells of each of these outcomes than now. */
export function signInsOf(...outcomes: readonly string[]): () => number[] {
  const now = () => outcomes.map((outcome) => Number(webMetrics().find(({ name }) => name === "millrace_sign_ins_total")?.values.find(({ labels }) => labels.outcome === outcome)?.value ?? 0));
  const before = now();
  return () => now().map((count, index) => count - before[index]!);
}
