import type { Path } from "@/server/engine/events";
import type { Scenario } from "./arbitrary-definition";
import { nodeIdOf, type Board } from "./board";
import type { Observation } from "./simulator";

/** What must hold after any run in any order; the answer names what does not. */
export function problemsOf(scenario: Scenario, seen: Observation): string[] {
  const rows = rowsOf(seen.facts);
  return [
    ...[...seen.board.enteredEver].flatMap((path) => containerProblems(scenario, seen, rows, path)),
    ...[...seen.board.begun].flatMap((path) => firingProblems(scenario, seen.board, rows, path)),
    ...endProblems(seen),
    ...repeated(seen.facts.filter((fact) => !/^(resume|remind) /.test(fact))),
  ];
}

/** Statuses of all attempts, by path. */
function rowsOf(facts: string[]): Map<Path, string[]> {
  const rows = new Map<Path, string[]>();
  for (const fact of facts) {
    const match = /^row (.*)#\d+ (\w+)$/.exec(fact);
    if (match === null) continue;
    rows.set(match[1]!, [...(rows.get(match[1]!) ?? []), match[2]!]);
  }
  return rows;
}

function containerProblems(scenario: Scenario, seen: Observation, rows: Map<Path, string[]>, path: Path): string[] {
  if (!rows.has(path)) return [`${path} was entered and has no end`];
  if (seen.board.nodeAt(path)?.kind !== "tryCatch") return [];
  const began = (slot: string) => startsOf(scenario, nodeIdOf(path), slot).some((id) => seen.board.begun.has(`${path}/${id}`));
  const hasFinally = startsOf(scenario, nodeIdOf(path), "finally").length > 0;
  return hasFinally && began("body") && !began("finally") && !couldStarve(scenario) ? [`the finally of ${path} did not run`] : [];
}

/** With few places for steps, the grace time of a `finally` may be over before it gets one. */
function couldStarve(scenario: Scenario): boolean {
  return scenario.definition.settings.maxParallel !== undefined;
}

function startsOf({ definition }: Scenario, id: string, slot: string): string[] {
  const nodes = definition.nodes.filter((node) => node.parent?.id === id && node.parent.slot === slot);
  return nodes.filter((node) => !definition.edges.some((edge) => edge.to === node.id)).map((node) => node.id);
}

const LEADS_ON = new Set(["succeeded", "skipped", "failed"]);

/** A node with incoming edges begins only after something that leads to it has ended. */
function firingProblems({ definition }: Scenario, board: Board, rows: Map<Path, string[]>, path: Path): string[] {
  const id = nodeIdOf(path);
  const incoming = definition.edges.filter((edge) => edge.to === id);
  if (incoming.length === 0) return [];
  const prefix = path.slice(0, path.length - id.length);
  const ended = incoming.filter((edge) => rows.get(prefix + edge.from)?.some((status) => LEADS_ON.has(status)) === true);
  const join = board.nodes.get(id)!;
  const needed = join.kind !== "join" || join.config.mode === "any" ? 1 : join.config.mode === "n" ? Number(join.config.n) : incoming.length;
  return ended.length < needed ? [`${path} began although only ${ended.length} of ${needed} sources had ended`] : [];
}

function endProblems({ facts, board }: Observation): string[] {
  const end = facts.filter((fact) => fact.startsWith("finish"));
  if (end.length !== 1) return [`the run ended ${end.length} times`];
  const failure = /^finish failed by (.*)#\d+$/.exec(end[0]!);
  if (failure === null || failure[1] === "run") return [];
  const path = failure[1]!;
  const known = board.begun.has(path) || board.iterations.has(path.replace(/\[\d+\]$/, ""));
  return known && facts.some((fact) => fact.startsWith(`row ${path}#`) && fact.endsWith(" failed")) ? [] : [`the run failed by ${path}, which did not fail`];
}

function repeated(facts: string[]): string[] {
  return facts.filter((fact, index) => fact === facts[index - 1]).map((fact) => `twice: ${fact}`);
}
