import { open, seal, type Sealed } from "./envelope";
import { masterKeyOf, presentMasterKey } from "./master-key/keyring";

export interface PersonalSeal {
  sealed: Uint8Array;
  masterKeyId: string;
}

/** For what belongs to a person or an organization and to no workspace: directly under the master key. */
export function sealForPerson(plain: Uint8Array, binding: string): { sealed: Sealed; masterKeyId: string } {
  const { id, key } = presentMasterKey();
  return { sealed: seal(key, plain, binding), masterKeyId: id };
}

export function openForPerson({ sealed, masterKeyId }: PersonalSeal, binding: string): Buffer {
  return open(masterKeyOf(masterKeyId).key, sealed, binding);
}
