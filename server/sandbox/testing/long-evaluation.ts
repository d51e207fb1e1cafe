// Says when it begins an expression that takes a moment, and what came of it.
import { createSandboxPool } from "@/server/sandbox/pool";

const pool = createSandboxPool({ threads: 1, expressionTimeoutMs: 30_000 });
const evaluate = (expression: string, timeoutMs: number) => pool.evaluate({ seed: "one", nowMs: 0, expression, scope: {}, timeoutMs });
await evaluate("[1].length", 30_000);
const summing = evaluate("(() => { let sum = 0; for (let n = 0; n < 1_000_000; n++) sum += n % 7; return sum > 0 })()", Number(process.argv[2]));
process.stdout.write("begun\n");
process.stdout.write(`${JSON.stringify(await summing)}\n`);
await pool.close();
