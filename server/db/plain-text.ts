/** As a pattern of LIKE, which Prisma's `contains` is, that means the text itself. */
export function plainText(text: string): string {
  return text.replaceAll(/[\\%_]/g, "\\$&");
}
