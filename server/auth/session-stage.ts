import type { Stage } from "./constants";

export type { Stage } from "./constants";

export interface StageFacts {
  secondFactorAt: Date | null;
  hasTotp: boolean;
  hasPasskey: boolean;
  secondFactorRequired: boolean;
  ssoRequired: boolean;
  methodRefused: boolean;
  /** `sso`: an organization's provider has said who they are. */
  method: string;
  hasOthers: boolean;
}

export function stageOf({ secondFactorAt, hasTotp, hasPasskey, secondFactorRequired, ssoRequired, methodRefused, method, hasOthers }: StageFacts): Stage {
  if (ssoRequired) return "sso";
  // There they may add a way in: not by half of what the account asks for.
  if (methodRefused) return secondFactorAt === null && (hasTotp || hasPasskey) ? "second_factor" : "other_way";
  if (secondFactorAt !== null) return "full";
  // The provider answers for its own organization.
  if (method === "sso" && !hasOthers && !secondFactorRequired) return "full";
  if (hasTotp) return "second_factor";
  if (!secondFactorRequired) return "full";
  return hasPasskey ? "second_factor" : "enrol";
}
