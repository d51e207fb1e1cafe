import readline from "node:readline";
import { engineFailure } from "./engine.mjs";

const ENGINE_ERROR = 4466;
const FIRST_NOTIFICATION_ID = 1_000_000;

/** Answers one JSON-RPC request per line until the input ends and every answer is out. */
export function serveJsonRpc(input, output, call) {
  let notificationId = FIRST_NOTIFICATION_ID;
  let pending = 0;
  let ended = false;
  const send = (message) => output.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  const exitWhenDone = () => {
    if (ended && pending === 0) process.exit(0);
  };

  async function answer(request) {
    try {
      const result = await call(request.method, request.params);
      if (request.method === "diff" && result?.stdout) {
        send({ id: notificationId++, method: "print", params: { content: result.stdout.replace(/\n$/, "") } });
      }
      send({ id: request.id, result: result ?? null });
    } catch (error) {
      const message = "An error happened. Check the data field for details.";
      send({ id: request.id, error: { code: ENGINE_ERROR, message, data: engineFailure(error) } });
    }
  }

  const lines = readline.createInterface({ input });
  lines.on("line", async (line) => {
    const request = JSON.parse(line);
    if (!request.method) return;
    pending += 1;
    await answer(request);
    pending -= 1;
    exitWhenDone();
  });
  lines.on("close", () => {
    ended = true;
    exitWhenDone();
  });
}
