import { z } from "zod";

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** What is left out stays as it is. */
export const setWorkspaceSettingsInput = z.object({
  timeZone: z.string().max(100).refine(isTimeZone, "must be a time zone such as Europe/Berlin").optional(),
  /** Null: the product's own. */
  color: z.string().regex(/^#[0-9a-f]{6}$/, "must be a colour such as #0a7d8c").nullable().optional(),
});
