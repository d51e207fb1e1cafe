import { normalizeEmail } from "@/server/auth/email-address";

/** Of a file of addresses: more than any list that is taken. */
export const MAX_FILE_BYTES = 100_000;

/** Null: it can be read whole. */
export function fileProblem(bytes: number): string | null {
  return bytes <= MAX_FILE_BYTES ? null : `This file has ${Math.ceil(bytes / 1_000)} kB. At most ${MAX_FILE_BYTES / 1_000} kB are taken: leave out other columns, or invite in parts.`;
}

/** Addresses as they are typed or as columns of a CSV file hold them; `left` are words that are none, such as names and headings. */
export function addressesIn(text: string): { emails: string[]; bad: string[]; left: string[] } {
  const all = [...new Set(text.split(/[\s,;"<>]+/).filter((word) => word !== ""))];
  const words = all.filter((word) => word.includes("@"));
  const emails = words.flatMap((word) => normalizeEmail(word) ?? []);
  return { emails: [...new Set(emails)], bad: words.filter((word) => normalizeEmail(word) === null), left: all.filter((word) => !word.includes("@")) };
}

/** Null: nothing was passed over. */
export function leftText(left: readonly string[]): string | null {
  if (left.length === 0) return null;
  return `Not taken, having no @: ${left.slice(0, 5).join(", ")}${left.length > 5 ? ` and ${left.length - 5} more` : ""}.`;
}
