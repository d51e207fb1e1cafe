import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";

/** Below node_modules, so that packages are found from there. */
const FOLDER = path.resolve(import.meta.dirname, "../../node_modules/.cache/millrace-test-programs");

/**
 * The file that `node` runs instead of this TypeScript program: our own code in few files, which start in a third of the
 * time that compiling each module takes. They go when this process does.
 */
export async function bundledProgram(entry: string): Promise<string> {
  const name = path.basename(entry, ".ts");
  const outdir = path.join(FOLDER, `${name}-${process.pid}`);
  // Split: what is imported on use, such as the library of a broker, is loaded on use here, too.
  await build({ entryPoints: [entry], outdir, outExtension: { ".js": ".mjs" }, bundle: true, splitting: true, platform: "node", format: "esm", packages: "external", logLevel: "warning", plugins: [placesOfSources] });
  process.once("exit", () => fs.rmSync(outdir, { recursive: true, force: true }));
  return path.join(outdir, `${name}.mjs`);
}

/** Runs a bundled program that is to die at the named crash point; answers the signal that ended it. */
export function dieAt(crashPoint: string, program: string, ...parameters: string[]): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, [program, ...parameters], { env: { ...process.env, MILLRACE_CRASH_POINT: crashPoint }, stdio: ["ignore", "inherit", "inherit"] });
  return new Promise((resolve) => child.once("exit", (_code, signal) => resolve(signal)));
}

/** Modules find the files beside them although they are bundled elsewhere. */
const placesOfSources: Plugin = {
  name: "places of sources",
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/(server|prisma)\/.*\.ts$/ }, ({ path: source }) => ({
      loader: "ts",
      contents: fs
        .readFileSync(source, "utf8")
        .replaceAll("import.meta.dirname", JSON.stringify(path.dirname(source)))
        .replaceAll("import.meta.url", JSON.stringify(pathToFileURL(source).href)),
    }));
  },
};
