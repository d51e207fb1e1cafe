import { readRefusal } from "@/components/data/problem";
import { Alert } from "@/components/ui/alert";

/** What the server refused, unless the person left the proof away. */
export function Refused({ error }: { error: unknown }) {
  if (error === null || error === undefined) return null;
  const { kind, message } = readRefusal(error);
  return kind === "proof_needed" ? null : <Alert tone="danger" title={message} />;
}
