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

  test("that cannot be answered fail for everybody who asked, and for nobody after them", async () => {
    const answers = await Promise.allSettled([ask("1 = 1"), ask("EXISTS (SELECT FROM no_such_table)")]);
    expect(answers.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await ask("1 = 1")).toBe(true);
  });
});
