/**
 * What runs were given (input and trigger) comes with their claim. Up to this size it counts as nothing: two hundred of them are 12 MB.
 * What is larger is counted, so that no claim brings more than its worker can hold.
 */
export const LARGE_GIVEN_BYTES = 65_536;

/** As it counts for claims. A UTF-16 unit is at most three bytes of UTF-8: most texts need not be measured. */
export function givenBytes({ input, trigger }: { input: string; trigger: string | null }): number {
  if ((input.length + (trigger?.length ?? 0)) * 3 <= LARGE_GIVEN_BYTES) return 0;
  const bytes = Buffer.byteLength(input) + Buffer.byteLength(trigger ?? "");
  return bytes > LARGE_GIVEN_BYTES ? bytes : 0;
}
