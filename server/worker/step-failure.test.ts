import { expect, test } from "vitest";
import { expressionFailure } from "@/server/worker/step-failure";

test.each([
  ["threw", "expression_error", false],
  ["syntax", "expression_error", false],
  ["output_too_large", "expression_output_too_large", false],
  ["timeout", "expression_timeout", true],
  ["memory", "expression_memory", true],
  ["unavailable", "expression_unavailable", true],
] as const)("an expression that ends with %s fails its step as %s; another attempt makes sense: %s", (code, stored, retryable) => {
  const failure = expressionFailure({ code, message: "no", expression: " a.b ", path: "/v", position: 0 } as never, "/config");
  expect([failure.error.code, failure.error.field, failure.retryable]).toEqual([stored, "/config/v", retryable]);
});
