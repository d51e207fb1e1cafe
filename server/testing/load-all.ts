import { pathToFileURL } from "node:url";

/** Prints a line for each of the modules named on standard input that Node, as the product starts it, cannot load. */
const files = (await new Response(process.stdin as unknown as ReadableStream).text()).split("\n").filter(Boolean);
for (const file of files) {
  await import(pathToFileURL(file).href).catch((error: unknown) => console.log(`${file}: ${(error as Error).message}`));
}
process.exit(0);
