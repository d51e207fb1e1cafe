import type { WaitResponse } from "@/prisma/generated/client";
import type { Tx } from "@/server/db/scoped";
import type { Responder } from "./answers";

/**
 * Everybody counts once, by their account or by the address that a link of theirs went to, whichever they had first. Who holds
 * a link nobody knows: all that one person made are one person together, and that is whoever made them; so it is with tokens that belong to nobody.
 */
export async function hasAnswered(tx: Tx, waitId: string, earlier: readonly Pick<WaitResponse, "userId" | "via" | "behindId">[], { userId, via, link, behindId = null }: Pick<Responder, "userId" | "via" | "link" | "behindId">): Promise<boolean> {
  if (userId !== null && earlier.some((answer) => answer.userId === userId || answer.behindId === userId)) return true;
  if (behindId !== null && earlier.some((answer) => answer.userId === behindId)) return true;
  const maker = link?.id != null && link.mailed !== true ? (link.madeByUserId ?? null) : null;
  if (maker !== null && earlier.some((answer) => answer.userId === maker)) return true;
  const whose = [maker, userId].filter((one) => one !== null);
  if (whose.length > 0 && (await tx.waitLink.count({ where: { waitId, mailed: false, usedAt: { not: null }, madeByUserId: { in: whose }, ...(link?.id == null ? {} : { id: { not: link.id } }) } })) > 0) return true;
  if (userId === null && via === "api" && earlier.some((answer) => answer.via === "api" && answer.userId === null)) return true;
  const person = userId === null ? null : await tx.user.findFirst({ where: { id: userId }, select: { email: true } });
  const addresses = [person?.email, link?.recipient?.toLowerCase()].filter((one) => one != null && one.includes("@")) as string[];
  if (addresses.length === 0) return false;
  const byLink = await tx.waitLink.count({ where: { waitId, usedAt: { not: null }, recipient: { in: addresses, mode: "insensitive" }, ...(link?.id == null ? {} : { id: { not: link.id } }) } });
  const answered = earlier.flatMap((answer) => answer.userId ?? []);
  return byLink > 0 || (await tx.user.count({ where: { id: { in: answered }, email: { in: addresses } } })) > 0;
}
