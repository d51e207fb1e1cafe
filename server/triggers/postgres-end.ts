import type pg from "pg";

const CLOSE_MS = 5_000;

/** A server that is gone without a word answers nothing: not hearing of it is an error too. */
export async function answeredWithin<Answer>(ms: number, answer: Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error(`the server has not answered for ${ms / 1_000} s`)), ms)));
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** Says goodbye, and hangs up when that is not answered. */
export async function closeClient(client: pg.Client): Promise<void> {
  await answeredWithin(CLOSE_MS, client.end()).catch(() => client.connection.stream.destroy());
}
