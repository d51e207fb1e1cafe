import { describe, expect, it } from "vitest";
import { DomainError } from "./domain-error";
import { TRANSPORT } from "./transport";

describe("domain errors", () => {
  it("say in words what their data says, and keep their cause", () => {
    const cause = new Error("connection refused");
    const error = new DomainError("unavailable", { what: "database" }, { cause });
    expect(error.message).toBe("The database does not answer. Try again in a moment.");
    expect(error.cause).toBe(cause);
    expect(new DomainError("invalid_input", { field: "nodes[2].id", reason: "is used twice" }).message).toBe("nodes[2].id is used twice.");
  });

  it("name the place of the first problem of a definition", () => {
    const problem = { severity: "error", code: "unknown_edge", message: "leads to no node", path: "/edges/0" } as const;
    const warning = { ...problem, severity: "warning", nodeId: "a" } as const;
    expect(new DomainError("invalid_definition", { problems: [warning, problem] }).message).toBe(
      "The definition is not valid: /edges/0: leads to no node (and 1 more)",
    );
  });

  it("are told apart by their kind", () => {
    const error: unknown = new DomainError("name_taken", { what: "workflow", name: "a" });
    expect(DomainError.is(error, "name_taken") && error.data.name).toBe("a");
    expect(DomainError.is(error, "not_found")).toBe(false);
    expect(DomainError.is(new Error("name_taken"), "name_taken")).toBe(false);
  });

  it("travel with statuses of the client's or the server's fault", () => {
    for (const { status, title } of Object.values(TRANSPORT)) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(title).not.toBe("");
    }
  });
});
