const UNITS: Readonly<Record<string, string>> = { Seconds: "seconds", Days: "days", Mb: "MB" };
const ABBREVIATIONS: Readonly<Record<string, string>> = { url: "URL", id: "ID", ttl: "TTL", json: "JSON", cpu: "CPU" };

/** `maxResponseMb` as people read it: "Max response (MB)". */
export function fieldLabel(name: string): string {
  const words = name.split(/(?=[A-Z])|[_-]/).filter(Boolean);
  const unit = words.length > 1 ? UNITS[words.at(-1)!] : undefined;
  const shown = (unit === undefined ? words : words.slice(0, -1)).map((word) => ABBREVIATIONS[word.toLowerCase()] ?? word.toLowerCase());
  const text = shown.join(" ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${unit === undefined ? "" : ` (${unit})`}`;
}
