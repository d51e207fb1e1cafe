import { memberText, type ValuePath } from "@/components/values/path-text";

/** `steps.ID`, whatever the id looks like. */
export function stepText(id: string): string {
  return `steps${memberText([id])}`;
}

/** What an expression writes to read a place: a root such as `input`, and the way into it. */
export function referenceText(root: string, path: ValuePath): string {
  return `${root}${memberText(path)}`;
}
