import type { Definition, WorkflowNode } from "@/server/engine/definition";
import type { Problem, ProblemCode } from "@/server/engine/problem";
import { compileTemplate, type CompiledExpression } from "@/server/expressions/compile";
import { placeOfEdge, placeOfRun, placesOfNode, type ExpressionPlace } from "@/server/nodes/expression-places";
import { declaredInputs } from "@/server/nodes/declared-inputs";
import { templateKind } from "@/server/nodes/template-tolerance";
import { WorkflowScope } from "@/server/nodes/workflow-scope";

type Inputs = ReturnType<typeof declaredInputs>;

/** Expressions that can be read, and that read only what exists where they stand. */
export function checkExpressions(definition: Definition): Problem[] {
  const scope = new WorkflowScope(definition);
  const { settings } = definition;
  const places = [
    ...definition.nodes.flatMap((node, index) => placesOfNode(scope, node, index)),
    ...definition.edges.flatMap((edge, index) => placeOfEdge(scope, edge, index)),
    ...placeOfRun(scope, "/output", definition.output),
    ...(["concurrency", "rateLimit", "throttle", "debounce"] as const).flatMap((name) => placeOfRun(scope, `/settings/${name}/key`, settings[name]?.key)),
  ];
  const inputs = declaredInputs(definition.input);
  return places.flatMap((place) => checkPlace(scope, place, inputs));
}

function checkPlace(scope: WorkflowScope, place: ExpressionPlace, inputs: Inputs): Problem[] {
  const compiled = compileTemplate(place.value, { ...place.compile, extraNames: place.extraNames });
  if (!compiled.ok) {
    return compiled.problems.map(({ path, offset, message }) => {
      const code = message.startsWith("secrets") ? "secret_outside_secret_field" : "bad_expression";
      return problem(place, code, path, code === "bad_expression" ? `${message} (at character ${offset + 1})` : message, offset);
    });
  }
  if (place.isCondition && compiled.template.isConstant && typeof place.value === "string") {
    return [problem(place, "constant_condition", "", `"${place.value.slice(0, 100)}" is a text, which always holds; write {{ expression }}`)];
  }
  const several = place.isCondition && typeof place.value === "string" && templateKind(place.value) === "text"
    ? [problem(place, "constant_condition", "", `"${place.value.slice(0, 100)}" is a text of several parts, which holds unless it is empty; write one {{ expression }}`, undefined, "warning")]
    : [];
  return [...several, ...compiled.template.expressions.flatMap((expression) => checkExpression(scope, place, expression, inputs))];
}

function checkExpression(scope: WorkflowScope, place: ExpressionPlace, expression: CompiledExpression, inputs: Inputs): Problem[] {
  const { references, path, position } = expression;
  const say = (code: ProblemCode, message: string, severity: Problem["severity"] = "error"): Problem => problem(place, code, path, message, position, severity);
  const unknown = references.unknownNames.map(({ name }) => say("unknown_name", unknownNameMessage(scope, name)));
  const misplaced = references.roots.flatMap((root) => {
    const objection = rootObjection(place, root);
    return objection === null ? [] : [say("unknown_name", objection)];
  });
  const loops = references.loops.filter((id) => !place.around.loops.has(id)).map((id) => say("unknown_loop", `there is no loop "${id}" around this place`));
  const ofInput = inputs === null ? [] : new Set(references.paths.flatMap(([root, name]) => (root === "input" && name !== undefined && !inputs.has(name) ? [name] : [])));
  const undeclared = [...ofInput].map((name) => say("unknown_input", `the input has no field "${name}"${nearest([...(inputs ?? [])], name)}; it is null unless a run is given it all the same`, "warning"));
  return [...unknown, ...misplaced, ...loops, ...undeclared, ...references.steps.flatMap((id) => checkStep(scope, place, id, say))];
}

function unknownNameMessage(scope: WorkflowScope, name: string): string {
  if (scope.node(name) !== undefined) return `"${name}" is not defined; a step's result is steps.${name}.output`;
  return `"${name}" is not defined`;
}

/** Names that exist only in some places. */
function rootObjection({ around, ownError }: ExpressionPlace, root: string): string | null {
  const kinds = [...around.loops.values()];
  switch (root) {
    case "item":
      return kinds.includes("forEach") ? null : `"item" exists only inside a forEach`;
    case "index":
      return kinds.length > 0 ? null : `"index" exists only inside a loop`;
    case "previous":
      return kinds.includes("while") ? null : `"previous" exists only inside a while`;
    case "error":
      return ownError || around.hasError ? null : `"error" exists only in the catch and finally slots of a tryCatch; elsewhere read steps.<id>.error`;
    default:
      return null;
  }
}

type Say = (code: ProblemCode, message: string, severity?: Problem["severity"]) => Problem;

function checkStep(scope: WorkflowScope, place: ExpressionPlace, id: string, say: Say): Problem[] {
  const step = scope.node(id);
  if (step === undefined) return [say("unknown_step", `there is no step "${id}"${suggestion(scope, id)}`)];
  if (!place.around.visible.has(id)) return [say("invisible_step", invisibleMessage(step))];
  const { reader } = place;
  if (reader === null || scope.isBefore(id, reader) || (place.readsItself && id === reader.id)) return [];
  // The error that a tryCatch has caught is known before it has ended.
  if (step.kind === "tryCatch" && place.around.hasError && scope.isAround(id, reader)) return [];
  const message = id === reader.id ? `"${id}" reads its own result, which does not exist yet` : `"${id}" does not come before "${reader.id}"; its result is null unless it happens to be ready`;
  return [say("not_upstream", message, "warning")];
}

function invisibleMessage(step: WorkflowNode): string {
  const { parent } = step;
  if (parent === undefined) return `"${step.id}" cannot be read here`;
  return `"${step.id}" lies in the slot "${parent.slot}" of "${parent.id}" and cannot be read here; read steps.${parent.id}.output`;
}

function suggestion(scope: WorkflowScope, id: string): string {
  return nearest(scope.ids, id);
}

/** The one that differs only in case, hyphens or underscores. */
function nearest(names: readonly string[], id: string): string {
  const plain = (text: string) => text.toLowerCase().replace(/[-_]/g, "");
  const near = names.filter((other) => plain(other) === plain(id));
  return near.length === 1 ? `; did you mean "${near[0]}"?` : "";
}

function problem(place: ExpressionPlace, code: ProblemCode, field: string, message: string, offset?: number, severity: Problem["severity"] = "error"): Problem {
  return {
    severity,
    code,
    message,
    path: place.path + field,
    ...(place.nodeId === undefined ? {} : { nodeId: place.nodeId }),
    ...(place.edgeIndex === undefined ? {} : { edgeIndex: place.edgeIndex }),
    ...(offset === undefined ? {} : { offset }),
  };
}
