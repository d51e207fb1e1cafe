const PLACE = "millrace:copied-steps";

/**
 * Puts copied steps on the clipboard, and aside: a menu may not read the clipboard in every browser, and never on a page without TLS.
 * Set aside they can be pasted in other tabs too.
 */
export async function putClip(text: string): Promise<void> {
  keepClip(text);
  await navigator.clipboard?.writeText(text).catch(() => undefined);
}

export function keepClip(text: string): void {
  try {
    window.localStorage.setItem(PLACE, text);
  } catch {
    // Full or forbidden: the clipboard itself is left.
  }
}

/** What a menu can paste: the clipboard when it may be read and holds anything, else what was set aside. */
export async function takeClip(): Promise<string> {
  const text = await Promise.resolve(navigator.clipboard?.readText?.()).catch(() => undefined);
  return text || (window.localStorage.getItem(PLACE) ?? "");
}
