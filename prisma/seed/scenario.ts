import type { Scope } from "@/server/auth/scope";

/** A state of the installation that can be made again and again. Seeding adds; it never removes anything. */
export interface Scenario {
  summary: string;
  /** Makes it, and answers the page that shows it. */
  make(scope: Scope): Promise<string>;
}
