import { decodeUntrusted } from "@/server/expressions/decoding";
import type { SandboxOutcome } from "@/server/expressions/sandbox-port";
import type { SandboxThreadResult } from "@/server/sandbox/protocol";

/** The text comes out of the guest, where hostile code may have meddled with the encoder. */
export function readResult(result: SandboxThreadResult): SandboxOutcome {
  if (!result.ok) return result;
  try {
    return { ok: true, value: decodeUntrusted(result.text) };
  } catch (error) {
    return { ok: false, error: { code: "threw", message: `the result cannot be read: ${error instanceof Error ? error.message : String(error)}` } };
  }
}
