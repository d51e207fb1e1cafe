import fs from "node:fs";
import path from "node:path";
import ts from "typescript";

const SOURCE = /\.(ts|tsx|mjs|js)$/;
const SKIPPED = new Set(["node_modules", ".next", ".git", ".data", "generated", "fixtures", "test-results"]);
const EXTENSIONS = ["", ".ts", ".tsx", ".mjs", ".js", ".json", "/index.ts"];
/** Long enough for one run of the linter, short enough for an editor that keeps the linter alive. */
const FRESH_MS = 10_000;

/** The imported file (absolute), or undefined for a package. A missing file is named as if it were there. */
export function resolveImport(root, importer, specifier) {
  const isAlias = specifier.startsWith("@/");
  if (!isAlias && !specifier.startsWith(".")) return undefined;
  const target = isAlias ? path.join(root, specifier.slice(2)) : path.resolve(path.dirname(importer), specifier);
  const isFile = (file) => fs.statSync(file, { throwIfNoEntry: false })?.isFile();
  return EXTENSIONS.map((extension) => target + extension).find(isFile) ?? `${target}.ts`;
}

function* sourceFiles(folder) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory() && !SKIPPED.has(entry.name)) yield* sourceFiles(file);
    if (entry.isFile() && SOURCE.test(entry.name)) yield file;
  }
}

/** What stays of an import at run time: imports of types only cannot make a cycle. */
function isErased(statement) {
  if (ts.isExportDeclaration(statement)) return statement.isTypeOnly;
  const clause = statement.importClause;
  if (!clause) return false;
  if (clause.isTypeOnly) return true;
  const named = clause.namedBindings;
  return !clause.name && named && ts.isNamedImports(named) && named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly);
}

function importsOf(root, file) {
  const source = ts.createSourceFile(file, fs.readFileSync(file, "utf8"), ts.ScriptTarget.Latest);
  return source.statements
    .filter((statement) => (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) && statement.moduleSpecifier)
    .filter((statement) => !isErased(statement))
    .flatMap((statement) => resolveImport(root, file, statement.moduleSpecifier.text) ?? []);
}

const graphs = new Map();

/** File → files it imports, for all sources below the root. */
export function importGraph(root) {
  const known = graphs.get(root);
  if (known && Date.now() - known.builtAt < FRESH_MS) return known.graph;
  const graph = new Map();
  for (const file of sourceFiles(root)) graph.set(file, importsOf(root, file));
  graphs.set(root, { graph, builtAt: Date.now() });
  return graph;
}

/** The shortest way by which the file imports itself, or undefined. */
export function cycleThrough(graph, start) {
  const cameFrom = new Map();
  const queue = [start];
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    for (const imported of graph.get(file) ?? []) {
      if (imported === start) return pathTo(cameFrom, file, start);
      if (cameFrom.has(imported)) continue;
      cameFrom.set(imported, file);
      queue.push(imported);
    }
  }
  return undefined;
}

function pathTo(cameFrom, last, start) {
  const files = [start];
  for (let file = last; file !== start; file = cameFrom.get(file)) files.unshift(file);
  return [start, ...files];
}
