/** What a toast says of conditions that connections lost. */
export function lossesOf(lost: readonly string[]): { description?: string } {
  if (lost.length === 0) return {};
  const some = lost.slice(0, 3).map((when) => (when.length > 80 ? `${when.slice(0, 79)}…` : when)).join(", ");
  const more = lost.length > 3 ? ` and ${lost.length - 3} more` : "";
  return { description: `${lost.length === 1 ? "A condition was" : `${lost.length} conditions were`} lost with the connections: ${some}${more}` };
}
