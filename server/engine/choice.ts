import { z } from "zod";

/** One of these values, each with what forms call it. */
export function choice<const Labels extends Record<string, string>>(labels: Labels) {
  type Value = keyof Labels & string;
  const values = Object.fromEntries(Object.keys(labels).map((value) => [value, value])) as { [Each in Value]: Each };
  return z.enum(values).meta({ enumNames: Object.values(labels) });
}
