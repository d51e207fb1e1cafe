import { expect, it } from "vitest";
import { createOrganizationInput, renameInput } from "./contract";

it("attack: a name writes no lines of its own into mails", () => {
  for (const name of ["Acme\n\nYour account is blocked", "Acme\r\nBcc: x", "Acme\u0085x"]) {
    expect(renameInput.safeParse({ name }).success).toBe(false);
    expect(createOrganizationInput.safeParse({ name }).success).toBe(false);
  }
  expect(renameInput.parse({ name: " Acmé & Söhne " })).toEqual({ name: "Acmé & Söhne" });
});
