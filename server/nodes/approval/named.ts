/** By address or by a role at the workflow; where nobody is named, everybody is. */
export function isNamed(approvers: readonly string[], email: string | null, roles: readonly string[]): boolean {
  if (approvers.length === 0) return true;
  const own = new Set([...(email === null ? [] : [email]), ...roles].map((one) => one.toLowerCase()));
  return approvers.some((entry) => own.has(entry.toLowerCase()));
}
