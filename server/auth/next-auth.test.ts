import { describe, expect, it } from "vitest";
import { signInByLink } from "./doors/link";
import { signInByPassword } from "./doors/password";

/** Unit tests have no database: what a person meets while it is away. */
describe("signing in without a database", () => {
  it("tells nothing of what went wrong inside: next-auth puts the message into an address", async () => {
    const attempt = { headers: { "x-forwarded-for": "10.0.0.1" } };
    await expect(signInByPassword({ email: "ada@example.com", password: "a good long password" }, attempt)).rejects.toThrow(/^unavailable$/);
    await expect(signInByLink({ token: "A".repeat(43) }, attempt)).rejects.toThrow(/^unavailable$/);
  });
});
