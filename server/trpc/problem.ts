import { DomainError, type DomainErrorKind } from "@/server/errors/domain-error";
import { ZodError } from "zod";

/** What the browser learns of an error besides its message. */
export interface Problem {
  kind: DomainErrorKind | "invalid_input" | "internal";
  data: Record<string, unknown>;
  /** Every field that is wrong, with its path in the input. */
  fields: { field: string; reason: string }[];
}

export function problemOf(error: Error): Problem {
  const { cause } = error;
  if (cause instanceof DomainError) {
    const data = { ...cause.data } as Record<string, unknown>;
    const { field, reason } = data;
    return { kind: cause.kind, data, fields: typeof field === "string" ? [{ field, reason: typeof reason === "string" ? reason : cause.message }] : [] };
  }
  if (cause instanceof ZodError) {
    return { kind: "invalid_input", data: {}, fields: cause.issues.map((issue) => ({ field: issue.path.join("."), reason: issue.message })) };
  }
  return { kind: "internal", data: {}, fields: [] };
}
