import { randomBytes, scryptSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { hashPassword, isOutdated, verifyPassword } from "./password";

function scryptHash(password: string): string {
  const salt = randomBytes(16);
  return ["scrypt", 2 ** 15, 8, 1, salt.toString("base64url"), scryptSync(password, salt, 32, { N: 2 ** 15, r: 8, p: 1, maxmem: 2 ** 27 }).toString("base64url")].join("$");
}

describe("passwords", () => {
  it("accepts the password and nothing else", async () => {
    const stored = await hashPassword("correct horse battery");
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(stored).not.toContain("correct");
    expect(await verifyPassword("correct horse battery", stored)).toBe(true);
    expect(await verifyPassword("correct horse batterz", stored)).toBe(false);
    expect(isOutdated(stored)).toBe(false);
  });

  it("gives two people with one password two hashes", async () => {
    expect(await hashPassword("the same password")).not.toBe(await hashPassword("the same password"));
  });

  it("refuses everything for a person without a password", async () => {
    expect(await verifyPassword("", null)).toBe(false);
    expect(await verifyPassword("anything", null)).toBe(false);
    expect(await verifyPassword("anything", "md5$abc")).toBe(false);
  });

  it("treats composed and decomposed characters as the same password", async () => {
    expect(await verifyPassword("p\u00e4ssword-long", await hashPassword("pa\u0308ssword-long"))).toBe(true);
  });

  it("still takes hashes of earlier releases, and says that they are outdated", async () => {
    const stored = scryptHash("an old password");
    expect(await verifyPassword("an old password", stored)).toBe(true);
    expect(await verifyPassword("another password", stored)).toBe(false);
    expect(isOutdated(stored)).toBe(true);
    expect(isOutdated("$argon2id$v=19$m=4096,t=1,p=1$abc$abc")).toBe(true);
  });
});
