import { RESERVED_SLUGS } from "./constants";

/** A readable address that nobody has: `sales`, `sales-2`, … */
export async function freeSlug(name: string, isTaken: (slug: string) => Promise<boolean>): Promise<string> {
  const base = name.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 50) || "space";
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? base : `${base}-${number}`;
    if (!RESERVED_SLUGS.includes(candidate) && !(await isTaken(candidate))) return candidate;
  }
}
