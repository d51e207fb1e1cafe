import type {
  ArrowFunctionExpression,
  CatchClause,
  ForInStatement,
  ForOfStatement,
  ForStatement,
  FunctionDeclaration,
  FunctionExpression,
  Identifier,
  Node,
  Pattern,
  VariableDeclaration,
} from "acorn";
import { childNodes } from "@/server/expressions/parse-expression";

/** `parents` are the enclosing nodes, innermost last. */
export type VisitFreeName = (identifier: Identifier, parents: readonly Node[]) => void;

type SyntaxNode = Node & { [field: string]: unknown };
type FunctionNode = FunctionDeclaration | FunctionExpression | ArrowFunctionExpression;

const FUNCTIONS = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]);
const BLOCKS = new Set(["BlockStatement", "ForStatement", "ForInStatement", "ForOfStatement", "CatchClause", "SwitchStatement", "StaticBlock"]);

/** Visits every identifier that is read or written but bound by no function, block or parameter of the tree itself. */
export function visitFreeNames(root: Node, visit: VisitFreeName): void {
  const parents: Node[] = [];
  const walk = (node: Node, bound: ReadonlySet<string>) => {
    if (node.type === "Identifier") {
      const identifier = node as Identifier;
      if (!bound.has(identifier.name) && !isPropertyName(identifier, parents.at(-1))) visit(identifier, parents);
      return;
    }
    const inner = extend(bound, namesBoundBy(node));
    parents.push(node);
    for (const child of childNodes(node)) walk(child, inner);
    parents.pop();
  };
  walk(root, new Set());
}

function extend(bound: ReadonlySet<string>, names: string[]): ReadonlySet<string> {
  return names.length === 0 ? bound : new Set([...bound, ...names]);
}

function isPropertyName(identifier: Identifier, parent: Node | undefined): boolean {
  if (!parent) return false;
  const syntax = parent as SyntaxNode;
  switch (parent.type) {
    case "MemberExpression":
      return syntax.property === identifier && syntax.computed !== true;
    case "Property":
      return syntax.key === identifier && syntax.computed !== true && syntax.shorthand !== true;
    case "MethodDefinition":
    case "PropertyDefinition":
      return syntax.key === identifier && syntax.computed !== true;
    case "LabeledStatement":
    case "BreakStatement":
    case "ContinueStatement":
    case "MetaProperty":
      return true;
    default:
      return false;
  }
}

function namesBoundBy(node: Node): string[] {
  if (FUNCTIONS.has(node.type)) return namesOfFunction(node as FunctionNode);
  if (node.type === "ClassExpression") return nameOf((node as SyntaxNode).id);
  if (node.type === "Program") return [...lexicalNames(childNodes(node)), ...hoistedNames(node)];
  if (!BLOCKS.has(node.type)) return [];
  const own = node.type === "CatchClause" ? patternNames((node as CatchClause).param) : headNames(node);
  const statements = node.type === "SwitchStatement" ? childNodes(node).flatMap(childNodes) : childNodes(node);
  return [...own, ...lexicalNames(statements)];
}

function namesOfFunction(node: FunctionNode): string[] {
  const own = node.type === "ArrowFunctionExpression" ? [] : [...nameOf(node.id), "arguments"];
  return [...own, ...node.params.flatMap(patternNames), ...hoistedNames(node.body)];
}

/** `let i` in `for (let i …)`; var declarations are hoisted and counted at the function. */
function headNames(node: Node): string[] {
  if (node.type === "ForStatement") return declaredNames((node as ForStatement).init);
  if (node.type === "ForInStatement" || node.type === "ForOfStatement") return declaredNames((node as ForInStatement | ForOfStatement).left);
  return [];
}

function lexicalNames(statements: Node[]): string[] {
  return statements.flatMap((statement) => {
    if (statement.type === "VariableDeclaration") return declaredNames(statement);
    if (statement.type === "FunctionDeclaration" || statement.type === "ClassDeclaration") return nameOf((statement as SyntaxNode).id);
    return [];
  });
}

/** Names of `var` declarations anywhere in a function body, not entering nested functions. */
function hoistedNames(node: Node): string[] {
  return childNodes(node).flatMap((child) => {
    if (FUNCTIONS.has(child.type)) return [];
    const own = child.type === "VariableDeclaration" && (child as VariableDeclaration).kind === "var" ? declaredNames(child) : [];
    return [...own, ...hoistedNames(child)];
  });
}

function declaredNames(node: Node | null | undefined): string[] {
  if (node?.type !== "VariableDeclaration") return [];
  return (node as VariableDeclaration).declarations.flatMap((declaration) => patternNames(declaration.id));
}

function nameOf(id: unknown): string[] {
  return typeof id === "object" && id !== null && "name" in id && typeof id.name === "string" ? [id.name] : [];
}

function patternNames(pattern: Pattern | null | undefined): string[] {
  switch (pattern?.type) {
    case "Identifier":
      return [pattern.name];
    case "ObjectPattern":
      return pattern.properties.flatMap((property) => patternNames(property.type === "RestElement" ? property : property.value));
    case "ArrayPattern":
      return pattern.elements.flatMap(patternNames);
    case "RestElement":
      return patternNames(pattern.argument);
    case "AssignmentPattern":
      return patternNames(pattern.left);
    default:
      return [];
  }
}
