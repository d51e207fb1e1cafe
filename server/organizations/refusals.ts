import { isUniqueViolation } from "@/server/db/unique-violation";
import { DomainError } from "@/server/errors/domain-error";

/** What the database refuses by its own rules, in words. */
export async function inWords<Result>(what: { kind: string; name: string; organization: string }, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (isUniqueViolation(error)) throw new DomainError("name_taken", { what: what.kind, name: what.name, field: "name" }, { cause: error });
    if (error instanceof Error && error.message.includes("at least one owner")) throw new DomainError("last_owner", { what: what.organization }, { cause: error });
    throw error;
  }
}
