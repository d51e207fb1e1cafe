import { CATALOG } from "@/server/nodes/catalog";
import type { KindSpec } from "@/server/nodes/kind";

export interface KindGroup {
  group: string;
  kinds: KindSpec<unknown>[];
}

const GROUPS: readonly KindSpec["group"][] = ["Triggers", "Data", "Network", "AI", "People", "Flow", "Runs"];
const KINDS: readonly KindSpec<unknown>[] = Object.values(CATALOG);

/** Kinds that fit all words typed, by group; names that begin with the text first. */
export function searchKinds(text: string): KindGroup[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const isFit = (spec: KindSpec<unknown>) => {
    const whole = `${spec.title} ${spec.kind} ${spec.group} ${spec.summary}`.toLowerCase();
    return words.every((word) => whole.includes(word));
  };
  const rank = (spec: KindSpec<unknown>) => (words[0] !== undefined && spec.title.toLowerCase().startsWith(words[0]) ? 0 : words[0] !== undefined && spec.kind.startsWith(words[0]) ? 0 : 1);
  const groups = GROUPS.map((group) => ({ group, kinds: KINDS.filter((spec) => spec.group === group && isFit(spec)).toSorted((one, other) => rank(one) - rank(other)) }));
  const found = groups.filter(({ kinds }) => kinds.length > 0);
  return words.length === 0 ? found : found.toSorted((one, other) => rank(one.kinds[0]!) - rank(other.kinds[0]!));
}
