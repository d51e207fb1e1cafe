/**
 * What the web part counts, of the process that is asked. Without a library: a request is counted before anything of the framework is loaded. A built server
 * has this module twice, for the pages and for what is answered before them.
 */
interface Spec {
  help: string;
  /** Upper bounds; absent: it is counted alone. */
  seconds?: readonly number[];
}

const SPECS = {
  millrace_http_requests_total: { help: "Requests by the part of the product that they went to, method and status." },
  millrace_http_request_seconds: { help: "How long answers took, by the part of the product; live streams are not among them.", seconds: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] },
  millrace_sign_ins_total: { help: "Tries to sign in, by what came of them: signed_in, or why not." },
  millrace_rate_limited_total: { help: "Attempts that were too many, by the limit." },
} as const satisfies Record<string, Spec>;

type Name = keyof typeof SPECS;
type Labels = Readonly<Record<string, string>>;

interface Series {
  labels: Labels;
  count: number;
  sum: number;
  /** Of each bound, how many were not above it. */
  within: number[];
}

const holder = globalThis as typeof globalThis & { millraceWebCounts?: Map<Name, Map<string, Series>> };
const counts = (holder.millraceWebCounts ??= new Map());

function note(name: Name, labels: Labels, value = 1): void {
  const bounds: readonly number[] = (SPECS[name] as Spec).seconds ?? [];
  const of = counts.get(name) ?? new Map<string, Series>();
  counts.set(name, of);
  const key = Object.values(labels).join(" ");
  const series = of.get(key) ?? { labels, count: 0, sum: 0, within: bounds.map(() => 0) };
  of.set(key, series);
  series.count += 1;
  series.sum += value;
  for (const [index, bound] of bounds.entries()) if (value <= bound) series.within[index]! += 1;
}

const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
const PLACES = [
  [/^\/api\/trpc\//, "app"], [/^\/api\/v1(\/|$)/, "api"], [/^\/api\/hooks\//, "hooks"], [/^\/api\/r\//, "routes"], [/^\/api\/live(\/|$|\?)/, "live"], [/^\/api\/auth\//, "sign_in"],
  [/^\/api\/(sso|scim|oauth)\//, "identity"], [/^\/(metrics|api\/health)(\/|$|\?)/, "operation"], [/^\/api\//, "other_api"], [/^\/_next\//, "files"],
] as const;

/** A request is over. Of addresses and methods there are as many as callers like: what is counted by is not theirs to choose. */
export function noteRequest(method: string, url: string, status: number, seconds: number): void {
  const place = PLACES.find(([pattern]) => pattern.test(url))?.[1] ?? "pages";
  note("millrace_http_requests_total", { place, method: METHODS.has(method) ? method : "other", status: String(status) });
  if (place !== "live") note("millrace_http_request_seconds", { place }, seconds);
}

export const noteSignIn = (outcome: string): void => note("millrace_sign_ins_total", { outcome });

export const noteLimited = (limit: string): void => note("millrace_rate_limited_total", { limit });

export interface WebMetric {
  name: Name;
  help: string;
  type: "counter" | "histogram";
  aggregator: "sum";
  values: { value: number; labels: Record<string, string | number>; metricName?: string }[];
}

/** As the library hands on what it has counted. */
export function webMetrics(): WebMetric[] {
  return (Object.entries(SPECS) as [Name, Spec][]).map(([name, { help, seconds }]) => {
    const all = [...(counts.get(name)?.values() ?? [])];
    const values = seconds === undefined ? all.map(({ labels, count }) => ({ value: count, labels })) : all.flatMap((series) => bucketsOf(name, seconds, series));
    return { name, help, type: seconds === undefined ? "counter" : "histogram", aggregator: "sum", values };
  });
}

function bucketsOf(name: Name, bounds: readonly number[], { labels, count, sum, within }: Series): WebMetric["values"] {
  const bucket = (le: number | string, value: number) => ({ value, labels: { le, ...labels }, metricName: `${name}_bucket` });
  return [...bounds.map((le, index) => bucket(le, within[index]!)), bucket("+Inf", count), { value: sum, labels, metricName: `${name}_sum` }, { value: count, labels, metricName: `${name}_count` }];
}
