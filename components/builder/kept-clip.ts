import { ownKey } from "@/components/data/own-storage";

const placeOf = (userId: string) => ownKey("steps", userId);

/**
 * Puts copied steps on the clipboard, and aside: a menu may not read the clipboard in every browser, and never on a page without TLS.
 * Set aside they can be pasted in other tabs too.
 */
export async function putClip(userId: string, text: string): Promise<void> {
  keepClip(userId, text);
  await navigator.clipboard?.writeText(text).catch(() => undefined);
}

export function keepClip(userId: string, text: string): void {
  try {
    window.localStorage.setItem(placeOf(userId), text);
  } catch {
    // Full or forbidden: the clipboard itself is left.
  }
}

/** What a menu can paste: the clipboard when it may be read and holds anything, else what was set aside. */
export async function takeClip(userId: string): Promise<string> {
  const text = await Promise.resolve(navigator.clipboard?.readText?.()).catch(() => undefined);
  return text || (window.localStorage.getItem(placeOf(userId)) ?? "");
}
