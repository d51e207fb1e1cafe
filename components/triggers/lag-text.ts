const UNITS = ["bytes", "KB", "MB", "GB", "TB"];

/** How far a listener is behind its source, in the terms in which it says so; null when it does not. */
export function lagText({ lagBytes, waiting }: Record<string, unknown>): string | null {
  if (typeof lagBytes === "number") return lagBytes <= 0 ? "up to date" : `${bytesText(lagBytes)} behind`;
  if (typeof waiting === "number") return waiting <= 0 ? "nothing waits" : `${waiting} ${waiting === 1 ? "message waits" : "messages wait"}`;
  return null;
}

function bytesText(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log(bytes) / Math.log(1_024)));
  const amount = bytes / 1_024 ** power;
  return `${amount < 10 && power > 0 ? amount.toFixed(1) : Math.round(amount)} ${UNITS[power]}`;
}
