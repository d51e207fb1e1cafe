import { afterAll, describe, expect, test } from "vitest";
import { closeConnections, sharedPool } from "@/server/db/client";
import { ask } from "./ask";

afterAll(closeConnections);

/** The statements that `work` sends, in order. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const pool = sharedPool();
  const sent: string[] = [];
  const query = pool.query.bind(pool);
  pool.query = ((statement: { text: string }) => {
    sent.push(statement.text);
    return query(statement as never);
  }) as never;
  try {
    await work();
  } finally {
    pool.query = query;
  }
  return sent;
}

describe("questions of one moment", () => {
  test("go in one statement, each with its own answer", async () => {
    const sent = await statementsOf(async () => {
      expect(await Promise.all([ask("1 = 1"), ask("1 = 2"), ask("EXISTS (SELECT FROM pg_class)"), ask("1 = 1"), ask("NULL::boolean")])).toEqual([true, false, true, true, false]);
      expect(await ask("2 = 2")).toBe(true);
    });
    expect(sent).toHaveLength(2);
  });

  test("one that cannot be answered fails for whoever asked it, and for nobody else", async () => {
    const answers = await Promise.allSettled([ask("1 = 1"), ask("EXISTS (SELECT FROM no_such_table)"), ask("1 = 2")]);
    expect(answers.map((one) => (one.status === "fulfilled" ? one.value : (one.reason as { code: string }).code))).toEqual([true, "42P01", false]);
    expect(await Promise.all([ask("1 = 1"), ask("2 = 1")])).toEqual([true, false]);
  });
});
