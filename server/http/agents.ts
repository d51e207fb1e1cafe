import { Agent, buildConnector } from "undici";
import { API_PATH, EXAMPLES_PATH, isOwnUrl } from "./own-paths";
import type { Guard } from "./guard";

const CONNECT_TIMEOUT_MS = 10_000;
const KEEP_ALIVE_MS = 10_000;
/** Of an answer to an SDK, before and after decompression. */
export const SDK_RESPONSE_BYTES = 64 * 1024 * 1024;

const shared = {
  keepAliveTimeout: KEEP_ALIVE_MS,
  // The caller's own time limit covers the whole call.
  headersTimeout: 0,
  bodyTimeout: 0,
  connections: 64,
} as const;

export interface Agents {
  for(url: URL, isOwnCall: boolean): Agent;
  sdk: Agent;
  close(): Promise<void>;
}

/** `baseUrl`: where this installation is reached; its example pages are open to steps, and the REST API to calls with a run's own token. */
export function createAgents(guard: Guard, baseUrl: string): Agents {
  const dial = buildConnector({ timeout: CONNECT_TIMEOUT_MS, lookup: guard.lookup, autoSelectFamily: true });
  const connect: buildConnector.connector = (options, answer) => {
    try {
      guard.check(options.hostname);
    } catch (blocked) {
      answer(blocked instanceof Error ? blocked : new Error(String(blocked)), null);
      return;
    }
    dial(options, answer);
  };
  const guarded = new Agent({ ...shared, connect });
  const sdk = new Agent({ ...shared, connect, maxResponseSize: SDK_RESPONSE_BYTES });
  const own = new Agent({ ...shared, connect: { timeout: CONNECT_TIMEOUT_MS, autoSelectFamily: true } });
  return {
    for: (url, isOwnCall) => (isOwnUrl(url, baseUrl, isOwnCall ? [EXAMPLES_PATH, API_PATH] : [EXAMPLES_PATH]) ? own : guarded),
    sdk,
    async close() {
      await Promise.all([guarded, sdk, own].map((agent) => agent.destroy()));
    },
  };
}
