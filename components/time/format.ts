const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNITS = [
  { unit: "day", size: DAY },
  { unit: "hour", size: HOUR },
  { unit: "minute", size: MINUTE },
] as const;

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const RELATIVE_UNTIL = 7 * DAY;

/** `3 minutes ago`, `in 2 hours`; from a week on the date. */
export function formatRelative(moment: Date, now: number): string {
  const difference = moment.getTime() - now;
  const distance = Math.abs(difference);
  if (distance < 10 * SECOND) return "just now";
  if (distance < MINUTE) return relative.format(Math.round(difference / SECOND), "second");
  if (distance >= RELATIVE_UNTIL) return moment.toLocaleDateString(undefined, { year: "numeric", month: "short", day: "numeric" });
  const { unit, size } = UNITS.find((entry) => distance >= entry.size) ?? UNITS[2];
  return relative.format(Math.round(difference / size), unit);
}

/** With seconds and the zone: what stands behind a relative time. */
export function formatExact(moment: Date): string {
  return moment.toLocaleString(undefined, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  });
}

export function formatClock(moment: Date): string {
  const clock = moment.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
  return `${clock}.${String(moment.getMilliseconds()).padStart(3, "0")}`;
}

/** `12 ms`, `3.4 s`, `2 min 05 s`, `1 h 04 min`, `2 d 3 h`. */
export function formatDuration(milliseconds: number): string {
  const span = Math.max(0, milliseconds);
  if (span < SECOND) return `${Math.round(span)} ms`;
  if (span < 10 * SECOND) return `${(span / SECOND).toFixed(1)} s`;
  if (span < MINUTE) return `${Math.floor(span / SECOND)} s`;
  const twoDigits = (value: number) => String(Math.floor(value)).padStart(2, "0");
  if (span < HOUR) return `${Math.floor(span / MINUTE)} min ${twoDigits((span % MINUTE) / SECOND)} s`;
  if (span < DAY) return `${Math.floor(span / HOUR)} h ${twoDigits((span % HOUR) / MINUTE)} min`;
  return `${Math.floor(span / DAY)} d ${Math.floor((span % DAY) / HOUR)} h`;
}

const KIBIBYTE = 1_024;

export function formatSize(characters: number): string {
  if (characters < KIBIBYTE) return `${characters} B`;
  if (characters < KIBIBYTE ** 2) return `${(characters / KIBIBYTE).toFixed(1)} KB`;
  if (characters < KIBIBYTE ** 3) return `${(characters / KIBIBYTE ** 2).toFixed(1)} MB`;
  if (characters < KIBIBYTE ** 4) return `${(characters / KIBIBYTE ** 3).toFixed(1)} GB`;
  return `${(characters / KIBIBYTE ** 4).toFixed(1)} TB`;
}
