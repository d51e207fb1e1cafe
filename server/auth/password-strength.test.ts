import { expect, it } from "vitest";
import { requireStrongPassword } from "./password-strength";

const personal = ["ada.lovelace@example.com", "Ada Lovelace"];

it.each(["password12345", "qwertyuiop", "aaaaaaaaaaaa", "1234567890", "millrace2026", "adalovelace1", "ada.lovelace@example.com", "ab1".repeat(60)])("refuses %s", async (password) => {
  await expect(requireStrongPassword(password, personal)).rejects.toMatchObject({ kind: "invalid_input", data: { field: "password" } });
});

it.each(["a rather long password", "correct horse battery", "kX9#mQ2$vL7z", "žluťoučký kůň"])("takes %s", async (password) => {
  await requireStrongPassword(password, personal);
});

it("says why", async () => {
  await expect(requireStrongPassword("qwertyuiop", personal)).rejects.toThrow(/password is easy to guess: Straight rows of keys/);
});
