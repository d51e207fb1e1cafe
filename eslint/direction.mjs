import path from "node:path";
import { resolveImport } from "./import-graph.mjs";
import { DIRECTION, EXCEPTIONS, globToRegExp, LOCKED, moduleOf, PACKAGES, PRIVATE_ROOMS, roomOf } from "./rooms.mjs";

const FREE_ROOMS = ["tests", "configuration"];

/** The imported file relative to the root, or undefined for a package. */
function resolveInside(root, importer, specifier) {
  const file = resolveImport(root, importer, specifier);
  return file && path.relative(root, file).replaceAll("\\", "/");
}

function isException(from, to, onlyTypes) {
  return EXCEPTIONS.some(
    (exception) =>
      globToRegExp(exception.from).test(from) &&
      globToRegExp(exception.to).test(to) &&
      (onlyTypes || !exception.onlyTypes),
  );
}

function isLockedFor(from, to, onlyTypes) {
  const locked = onlyTypes ? undefined : LOCKED.find(({ file }) => file === to);
  return locked !== undefined && !locked.for.some((glob) => globToRegExp(glob).test(from));
}

/** Says what is wrong with the import, or nothing. */
function objection(from, to, onlyTypes) {
  const importer = roomOf(from);
  const imported = roomOf(to);
  if (importer === undefined || imported === undefined || FREE_ROOMS.includes(importer)) return undefined;
  if (isException(from, to, onlyTypes)) return undefined;
  if (isLockedFor(from, to, onlyTypes)) return `${to} is not limited by a scope: use the scoped client, or say in eslint/rooms.mjs (LOCKED) why not.`;
  const sameModule = moduleOf(from) === moduleOf(to);
  if (PRIVATE_ROOMS.includes(imported) && !sameModule) {
    return `${to} belongs to ${moduleOf(to)}: go through its service or contract.`;
  }
  if (importer === imported && (sameModule || importer !== "router")) return undefined;
  if (DIRECTION[importer]?.includes(imported)) return undefined;
  return `"${importer}" must not import "${imported}" (${to}). The directions are in eslint/rooms.mjs.`;
}

function packageObjection(from, specifier) {
  const allowed = PACKAGES[roomOf(from)];
  if (!allowed || allowed.some((name) => specifier === name || specifier.startsWith(`${name}/`))) return undefined;
  return `"${roomOf(from)}" is pure: it must not import ${specifier}.`;
}

export const direction = {
  meta: { type: "problem", schema: [] },
  create(context) {
    const root = context.cwd;
    const from = path.relative(root, context.filename).replaceAll("\\", "/");
    const check = (node, specifier, onlyTypes) => {
      const to = resolveInside(root, context.filename, specifier);
      const message = to === undefined ? packageObjection(from, specifier) : objection(from, to, onlyTypes);
      if (message) context.report({ node, message });
    };
    const isTypeOnly = (node) =>
      node.importKind === "type" ||
      node.exportKind === "type" ||
      (node.specifiers?.length > 0 && node.specifiers.every((part) => part.importKind === "type"));
    return {
      ImportDeclaration: (node) => check(node, node.source.value, isTypeOnly(node)),
      ExportNamedDeclaration: (node) => node.source && check(node, node.source.value, isTypeOnly(node)),
      ExportAllDeclaration: (node) => check(node, node.source.value, isTypeOnly(node)),
      ImportExpression: (node) => typeof node.source.value === "string" && check(node, node.source.value, false),
    };
  },
};
