/** Several files as one text: each is a YAML document of it, whichever way it is written. */
export async function readFiles(files: Iterable<File>): Promise<string> {
  const texts = await Promise.all([...files].map((file) => file.text()));
  return texts.map((text) => text.trimEnd()).join("\n---\n");
}

/** Whether a text that was pasted somewhere on a page is meant to be imported. */
export function looksLikeWorkflows(text: string): boolean {
  return /(^|[\s{,])["']?nodes["']?\s*:/.test(text);
}
