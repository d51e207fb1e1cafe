import { expect, it } from "vitest";
import { z } from "zod";
import { searchedPageInput } from "./contract";

it("takes no search for what PostgreSQL takes for no text", () => {
  const input = z.object(searchedPageInput);
  expect(input.parse({ search: " 50% of a_b " })).toMatchObject({ search: "50% of a_b" });
  expect(input.safeParse({ search: "a\0b" }).success).toBe(false);
});
