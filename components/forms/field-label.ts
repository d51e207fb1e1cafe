const UNITS: Readonly<Record<string, string>> = { Seconds: "seconds", Days: "days", Mb: "MB", Kb: "KB" };
const ABBREVIATIONS: Readonly<Record<string, string>> = { url: "URL", id: "ID", ttl: "TTL", json: "JSON", cpu: "CPU", ips: "IPs", http: "HTTP" };

/** `maxResponseMb` as people read it: "Max response (MB)"; words of people stay as they are. */
export function fieldLabel(name: string): string {
  if (/\s/.test(name)) return name;
  const words = name.split(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_-]+/).filter(Boolean);
  const unit = words.length > 1 ? UNITS[words.at(-1)!] : undefined;
  const shown = (unit === undefined ? words : words.slice(0, -1)).map((word) => ABBREVIATIONS[word.toLowerCase()] ?? (/^[A-Z]{2,}$/.test(word) ? word : word.toLowerCase()));
  const text = shown.length === 0 ? name : shown.join(" ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${unit === undefined ? "" : ` (${unit})`}`;
}
