import { closeConnections } from "@/server/db/client";
import { takeIn } from "@/server/triggers/intake";

/** Records events one after the other, saying the key of each that was acknowledged, until it is done or dies. */
const [triggerId = "", workspaceId = "", prefix = "", count = "0"] = process.argv.slice(2);
for (let n = 0; n < Number(count); n++) {
  const dedupeKey = `${prefix} ${n}`;
  const { dispatched } = await takeIn({ trigger: { id: triggerId, workspaceId }, dedupeKey, body: JSON.stringify({ n }), contentType: "application/json" });
  process.stdout.write(`${dedupeKey}\n`);
  await dispatched;
}
await closeConnections();
process.exit(0);
