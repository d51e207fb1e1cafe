/**
 * How far a session has come: only `full` acts. `second_factor`: the code or passkey is still to be shown; `enrol`: an organization
 * wants a second factor and the person has none yet; `sso`: an organization wants its own sign-in.
 */
export type Stage = "full" | "second_factor" | "enrol" | "sso";

export interface StageFacts {
  secondFactorAt: Date | null;
  hasTotp: boolean;
  hasPasskey: boolean;
  secondFactorRequired: boolean;
  ssoRequired: boolean;
  viaSso: boolean;
}

export function stageOf({ secondFactorAt, hasTotp, hasPasskey, secondFactorRequired, ssoRequired, viaSso }: StageFacts): Stage {
  if (ssoRequired && !viaSso) return "sso";
  if (secondFactorAt !== null) return "full";
  if (hasTotp) return "second_factor";
  if (!secondFactorRequired) return "full";
  return hasPasskey ? "second_factor" : "enrol";
}
