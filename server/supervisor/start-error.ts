/** Something the operator can put right: reported without a stack. */
export class StartError extends Error {
  override name = "StartError";
}
