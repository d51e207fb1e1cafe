import { ScimError } from "./scim-error";

export interface Condition {
  /** Lower case, without the prefix of a schema. */
  attribute: string;
  value: string;
}

const MAX_CONDITIONS = 5;
const CONDITION = /^\s*([\w.$:-]+)\s+eq\s+("(?:[^"\\]|\\.)*"|true|false)\s*(?:and\s+|$)/i;

/** `userName eq "ada" and active eq true`: what identity providers look people and groups up with. */
export function readFilter(filter: string, known: readonly string[]): Condition[] {
  const conditions: Condition[] = [];
  for (let rest = filter.trim(); rest !== ""; ) {
    const match = CONDITION.exec(rest);
    if (match === null || conditions.length >= MAX_CONDITIONS) throw new ScimError(400, `only comparisons by eq, joined by and, are understood, not: ${filter.slice(0, 200)}`, "invalidFilter");
    const attribute = attributeOf(match[1]!);
    if (!known.includes(attribute)) throw new ScimError(400, `${match[1]} cannot be compared; ${known.join(", ")} can`, "invalidFilter");
    conditions.push({ attribute, value: match[2]!.startsWith('"') ? readText(match[2]!) : match[2]!.toLowerCase() });
    rest = rest.slice(match[0].length);
  }
  return conditions;
}

export const attributeOf = (path: string) => path.replace(/^urn:[\w:.]+:(?=[A-Za-z])/i, "").toLowerCase();

function readText(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch (cause) {
    throw new ScimError(400, "a text of the filter is not written as JSON", "invalidFilter", { cause });
  }
}
