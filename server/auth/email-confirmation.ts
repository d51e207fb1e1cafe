import { rawDb } from "@/server/db/client";
import { newToken } from "./one-time-token";

/** A token for the mail to one side; its hash replaces the one before. Null: the change is over. */
export async function renewConfirmation(userId: string, side: "old" | "new"): Promise<{ token: string; newEmail: string } | null> {
  const { token, hash } = newToken();
  const { count } = await rawDb().emailChange.updateMany({
    where: { userId, expiresAt: { gt: new Date() } },
    data: side === "old" ? { oldTokenHash: new Uint8Array(hash) } : { newTokenHash: new Uint8Array(hash) },
  });
  if (count === 0) return null;
  const { newEmail } = await rawDb().emailChange.findUniqueOrThrow({ where: { userId } });
  return { token, newEmail };
}
