/** What the sign-in page says; the reason goes to the audit log of the organization. */
export type RefusalCode = "sso_failed" | "sso_expired" | "sso_not_admitted";

export class SsoRefused extends Error {
  override name = "SsoRefused";

  constructor(
    readonly code: RefusalCode,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}
