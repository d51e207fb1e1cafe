import { CATALOG } from "@/server/nodes/catalog";
import type { KindSpec } from "@/server/nodes/kind";

/** What may be placed on the canvas. */
export type Placeable = Pick<KindSpec<unknown>, "kind" | "title" | "summary" | "icon"> & { group: string };

export interface KindGroup {
  group: string;
  kinds: Placeable[];
}

export const BLOCKS = "Blocks of this workspace";

const TRIGGERS = "Triggers";
const GROUPS: readonly string[] = [TRIGGERS, "Data", "Network", "AI", "People", "Flow", "Runs", BLOCKS];
const KINDS: readonly KindSpec<unknown>[] = Object.values(CATALOG);

export interface KindChoice {
  blocks?: readonly Placeable[];
  /** Something leads to where it goes, and so not to what begins a run: that comes last. */
  isFollowing?: boolean;
}

/** Kinds and blocks that fit all words typed, by group; what is called just so first, then names that begin with the text. */
export function searchKinds(text: string, { blocks = [], isFollowing = false }: KindChoice = {}): KindGroup[] {
  const all: readonly Placeable[] = [...KINDS, ...blocks];
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const isFit = (spec: Placeable) => {
    const said = `${spec.title} ${spec.kind} ${spec.group} ${spec.summary}`.toLowerCase();
    return words.every((word) => said.includes(word));
  };
  const whole = words.join(" ");
  const rank = ({ kind, title }: Placeable) => {
    if (whole !== "" && (kind.toLowerCase() === whole || title.toLowerCase() === whole)) return 0;
    return words[0] !== undefined && (title.toLowerCase().startsWith(words[0]) || kind.startsWith(words[0])) ? 1 : 2;
  };
  const groups = (isFollowing ? [...GROUPS.slice(1), TRIGGERS] : GROUPS).map((group) => ({ group, kinds: all.filter((spec) => spec.group === group && isFit(spec)).toSorted((one, other) => rank(one) - rank(other)) }));
  const found = groups.filter(({ kinds }) => kinds.length > 0);
  return words.length === 0 ? found : found.toSorted((one, other) => rank(one.kinds[0]!) - rank(other.kinds[0]!));
}
