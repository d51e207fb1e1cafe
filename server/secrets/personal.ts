import { env } from "@/server/env";
import { masterKeyFingerprint, MasterKeyMismatch } from "./data-keys";
import { open, seal, type Sealed } from "./envelope";

export interface PersonalSeal {
  sealed: Uint8Array;
  masterKeyId: string;
}

/** For what belongs to a person and to no workspace: directly under the master key. */
export function sealForPerson(plain: Uint8Array, binding: string): { sealed: Sealed; masterKeyId: string } {
  return { sealed: seal(env.MILLRACE_MASTER_KEY, plain, binding), masterKeyId: masterKeyFingerprint(env.MILLRACE_MASTER_KEY) };
}

export function openForPerson({ sealed, masterKeyId }: PersonalSeal, binding: string): Buffer {
  const present = masterKeyFingerprint(env.MILLRACE_MASTER_KEY);
  if (masterKeyId !== present) throw new MasterKeyMismatch(masterKeyId, present);
  return open(env.MILLRACE_MASTER_KEY, sealed, binding);
}
