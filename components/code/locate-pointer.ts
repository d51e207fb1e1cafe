import { jsonLanguage } from "@codemirror/lang-json";

export interface TextRange {
  from: number;
  to: number;
}

type SyntaxNode = ReturnType<typeof jsonLanguage.parser.parse>["topNode"];

const VALUES = new Set(["Object", "Array", "String", "Number", "True", "False", "Null"]);

/** Finds places of a JSON text by JSON pointer; a place that is not there gives the nearest one around it. */
export function pointerLocator(text: string): (pointer: string) => TextRange {
  const root = jsonLanguage.parser.parse(text).topNode.firstChild;
  return (pointer) => {
    if (root === null) return { from: 0, to: 0 };
    let place = root;
    for (const part of pointer.split("/").slice(1)) {
      const inner = memberOf(place, part.replaceAll("~1", "/").replaceAll("~0", "~"), text);
      if (inner === null) break;
      place = inner;
    }
    return place === root ? { from: root.from, to: Math.min(root.to, root.from + 1) } : { from: place.from, to: place.to };
  };
}

function memberOf(node: SyntaxNode, key: string, text: string): SyntaxNode | null {
  if (node.name === "Array") return itemOf(node, Number(key));
  if (node.name !== "Object") return null;
  for (const property of node.getChildren("Property")) {
    const name = property.getChild("PropertyName");
    if (name !== null && nameOf(text.slice(name.from, name.to)) === key) return property.lastChild;
  }
  return null;
}

function itemOf(list: SyntaxNode, index: number): SyntaxNode | null {
  let count = 0;
  for (let child = list.firstChild; child !== null; child = child.nextSibling) {
    if (!VALUES.has(child.name)) continue;
    if (count === index) return child;
    count++;
  }
  return null;
}

function nameOf(literal: string): string {
  try {
    return String(JSON.parse(literal));
  } catch {
    return literal;
  }
}
