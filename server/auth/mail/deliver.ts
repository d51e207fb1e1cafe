import { sendPlatformMail } from "@/server/alerts/service";
import { rawDb, sharedPool } from "@/server/db/client";
import { canSendMail, type DueMail } from "./queue";
import { writeMail } from "./write";

/** After these waits a mail that cannot be sent is given up. */
const RETRY_SECONDS = [10, 60, 300, 900] as const;
/** While one process sends, no other takes the mail; afterwards it is due again. */
const CLAIM_SECONDS = 60;
const BATCH = 20;

/** Sends what is due; the number of mails that are done. */
export async function deliverSignInMails(): Promise<number> {
  if (!canSendMail()) return 0;
  let done = 0;
  for (;;) {
    const mails = await claim();
    // Together: one after the other they might take longer than they are held.
    for (const outcome of await Promise.all(mails.map(deliver))) done += outcome;
    if (mails.length < BATCH) return done;
  }
}

async function claim(): Promise<(DueMail & { attempts: number })[]> {
  const { rows } = await sharedPool().query<DueMail & { attempts: number }>(
    `UPDATE sign_in_mail SET attempts = attempts + 1, due_at = now() + make_interval(secs => $1)
     WHERE id IN (SELECT id FROM sign_in_mail WHERE done_at IS NULL AND due_at <= now() ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED)
     RETURNING id, kind, email, detail, attempts`,
    [CLAIM_SECONDS, BATCH],
  );
  return rows;
}

async function deliver(mail: DueMail & { attempts: number }): Promise<number> {
  try {
    const written = await writeMail(mail);
    if (written !== null) await sendPlatformMail({ id: mail.id, to: [mail.email], ...written });
  } catch (error) {
    const wait = RETRY_SECONDS[mail.attempts - 1];
    const problem = (error as Error).message.slice(0, 500);
    const next = wait === undefined ? { doneAt: new Date() } : { dueAt: new Date(Date.now() + wait * 1_000) };
    await rawDb().signInMail.update({ where: { id: mail.id }, data: { problem, ...next } });
    return wait === undefined ? 1 : 0;
  }
  await rawDb().signInMail.update({ where: { id: mail.id }, data: { doneAt: new Date() } });
  return 1;
}
