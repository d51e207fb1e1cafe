import { v5 } from "uuid";
import type { Path } from "@/server/engine/events";

const NAMESPACE = "8d0c6f5e-8f0b-5f0a-9c1c-2b7f9f1f6a11";

/** The same for every try to write it, so that a repeated write starts nothing twice. */
export function childRunIdOf(runId: string, path: Path, attempt: number): string {
  return v5(`${runId}:${path}#${attempt}`, NAMESPACE);
}
