/** RFC 7644, 3.12. */
export class ScimError extends Error {
  override name = "ScimError";

  constructor(
    readonly status: number,
    message: string,
    readonly scimType?: "invalidFilter" | "invalidValue" | "invalidPath" | "invalidSyntax" | "uniqueness" | "mutability",
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
