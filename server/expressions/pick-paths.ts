interface PathTree {
  [name: string]: PathTree | "whole";
}

/**
 * A copy of the scope that holds only what lies at the static paths. Where a path leads through anything but
 * a plain object the value is taken whole, so that reading it fails, or not, as it would on the original.
 */
export function pickPaths(scope: object, paths: readonly (readonly string[])[]): unknown {
  return pick(scope, treeOf(paths));
}

function treeOf(paths: readonly (readonly string[])[]): PathTree {
  const root = emptyTree();
  for (const path of paths) {
    let tree = root;
    for (let index = 0; index < path.length; index++) {
      const name = path[index]!;
      const existing = tree[name];
      if (existing === "whole") break;
      if (index === path.length - 1) {
        tree[name] = "whole";
        break;
      }
      tree = tree[name] = existing ?? emptyTree();
    }
  }
  return root;
}

/** Without a prototype, so that a path may be named `__proto__`. */
function emptyTree(): PathTree {
  return Object.create(null) as PathTree;
}

function pick(value: unknown, tree: PathTree | "whole"): unknown {
  if (tree === "whole" || typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Date) return value;
  const picked = {};
  for (const name of Object.keys(tree)) {
    if (!Object.hasOwn(value, name)) continue;
    const element = pick((value as Record<string, unknown>)[name], tree[name]!);
    Object.defineProperty(picked, name, { value: element, enumerable: true, configurable: true, writable: true });
  }
  return picked;
}
