/** The name of a slot among all that is drawn. No node is called so: ids of nodes hold no colon. */
export function slotId(container: string, slot: string): string {
  return `${container}:${slot}`;
}
