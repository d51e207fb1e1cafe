import { expect, it } from "vitest";
import { sayAmount } from "./amounts";

it("says amounts in units that people read", () => {
  expect([sayAmount("runs", 12_345), sayAmount("computeSeconds", 59), sayAmount("computeSeconds", 5_400), sayAmount("llmCost", 0.25), sayAmount("llmCost", 0.0012), sayAmount("storage", 0), sayAmount("storage", 2_000), sayAmount("storage", 3 * 1_024 ** 3)]).toEqual(["12,345", "59 s", "1.5 h", "$0.25", "$0.0012", "0 KB", "2 KB", "3 GB"]);
});
