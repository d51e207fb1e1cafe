import path from "node:path";
import { cycleThrough, importGraph } from "./import-graph.mjs";

export const noCycles = {
  meta: { type: "problem", schema: [] },
  create(context) {
    return {
      Program(node) {
        const cycle = cycleThrough(importGraph(context.cwd), context.filename);
        if (!cycle) return;
        const names = cycle.map((file) => path.relative(context.cwd, file));
        context.report({ node, loc: { line: 1, column: 0 }, message: `Import cycle: ${names.join(" → ")}.` });
      },
    };
  },
};
