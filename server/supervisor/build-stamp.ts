import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";

const SOURCE_FOLDERS = ["app", "components", "server", "examples", "public", "prisma/schema"];
const SOURCE_FILES = /^(package-lock\.json|package\.json|tsconfig\.json|proxy\.ts|instrumentation(-client)?\.ts|(next|postcss|prisma)\.config\.\w+)$/;
const NOT_BUILT = /\.test\.tsx?$|[/\\](testing|supervisor)[/\\]/;

/** Names the content that a build is made of: the same sources give the same stamp on every machine. */
export function sourceStamp(root: string): string {
  const hash = crypto.createHash("sha256").update(process.version.split(".")[0] ?? "");
  for (const file of sourceFiles(root)) {
    hash.update(file).update("\0").update(fs.readFileSync(path.join(root, file))).update("\0");
  }
  return hash.digest("hex");
}

function sourceFiles(root: string): string[] {
  const inFolders = SOURCE_FOLDERS.filter((folder) => fs.existsSync(path.join(root, folder))).flatMap((folder) =>
    fs
      .readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
      .filter((file) => !NOT_BUILT.test(file)),
  );
  const atRoot = fs.readdirSync(root).filter((name) => SOURCE_FILES.test(name));
  return [...inFolders, ...atRoot].sort();
}
