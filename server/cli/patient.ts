import { CommandError, EXIT } from "./exit-codes";

/** The server, or what stands before it, is away or busy: the same call may do later. */
export class Unanswered extends CommandError {
  override name = "Unanswered";

  constructor(
    message: string,
    /** Nothing can have come of the call: there was not even a connection. */
    readonly isRefused: boolean,
    readonly retryAfterSeconds = 0,
  ) {
    super(EXIT.connection, message);
  }
}

const PATIENCE_MS = 300_000;
const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/** Calls again while the server does not answer, for some minutes in all; tells so once. */
export async function patiently<Answer>(call: () => Promise<Answer>, note: (line: string) => void): Promise<Answer> {
  const until = performance.now() + PATIENCE_MS;
  for (let pauseMs = FIRST_MS, isTold = false; ; pauseMs = Math.min(pauseMs * 2, LONGEST_MS)) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      const waitMs = Math.max(pauseMs, error.retryAfterSeconds * 1_000);
      if (performance.now() + waitMs > until) throw error;
      if (!isTold) note(`${error.message} Trying again.`);
      isTold = true;
      await new Promise((over) => setTimeout(over, waitMs));
    }
  }
}
