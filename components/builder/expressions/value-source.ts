"use client";

import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTRPC, useTRPCClient } from "@/components/data/trpc";
import { useMay, useWorkspace } from "@/components/shell/workspace-context";
import { loadValue, type ValueRef } from "@/components/values/use-value";
import { decodeValue } from "@/server/expressions/decoding";
import { findNode, type Draft } from "../draft";
import { useTestBench, type TestBench } from "../test/test-context";
import { type Known as DraftKnown, knownShape, shapeOfSchema } from "./known-shape";
import { textOfShapes, useCalledShapes } from "./use-called-shapes";

/** A value that a test or a pin knows; else why there is none, with the names that are known all the same. */
export type Known = { isKnown: true; value: unknown } | { isKnown: false; reason: string; shape?: unknown };

/** Looks up what expressions at a node read: in pins, in the last tests, in the workspace. */
export interface ValueSource {
  /** `root` alone, or `steps` and `loops` with an id. */
  read: (root: string, id?: string) => Promise<Known>;
  /** Changes when what is known may have. */
  version: string;
}

type Client = ReturnType<typeof useTRPCClient>;

export function useValueSource(draft: Draft, nodeId: string): ValueSource {
  const bench = useTestBench();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const trpc = useTRPC();
  const { current } = useWorkspace();
  const maySeeVariables = useMay("variable:read");
  const { workflowId, sources, pins, input, resultOf, loopsOf } = bench;
  const variables = useQuery({ ...trpc.variables.ofWorkflow.queryOptions({ workflowId }), enabled: maySeeVariables && workflowId !== "" });
  const secrets = useQuery({ ...trpc.secrets.ofWorkflow.queryOptions({ workflowId }), enabled: useMay("secret:list") && workflowId !== "" });
  const called = useCalledShapes(draft);
  const version = useMemo(
    () => JSON.stringify([sources.map(({ model, root }) => [model.run.id, model.seq, model.run.status, root]), Object.keys(pins), input, variables.dataUpdatedAt, secrets.dataUpdatedAt, textOfShapes(called)]),
    [sources, pins, input, variables.dataUpdatedAt, secrets.dataUpdatedAt, called],
  );
  return useMemo((): ValueSource => {
    const load = (ref: ValueRef, of: string) => loadStored(queryClient, client, ref, of);
    const base = sources.find(({ root }) => root === null)?.model;
    const loops = () => loopsOf(nodeId);
    const kindOf = (id: string) => findNode(draft, id)?.kind;
    const itemOf = async (id: string | undefined, what: "item" | "index"): Promise<Known> => {
      const all = loops();
      const loop = id === undefined ? all.findLast((one) => what === "index" || kindOf(one.id) === "forEach") : all.find((one) => one.id === id);
      if (loop === undefined) return { isKnown: false, reason: "No test has come to this loop yet." };
      if (what === "index") return { isKnown: true, value: loop.index };
      const stored = await load({ runId: loop.runId, path: loop.path, what: "input" }, "items");
      if (!stored.isKnown) return stored;
      const { items } = (stored.value ?? {}) as { items?: unknown[] };
      return { isKnown: true, value: items?.[loop.index] ?? null };
    };
    return {
      version,
      read: async (root, id) => {
        switch (root) {
          case "steps":
            return id === undefined ? { isKnown: false, reason: "Name the step." } : readStep({ pins, resultOf }, { ...draft, called }, id, load);
          case "input":
          case "trigger":
            if (base !== undefined) {
              const stored = await load({ runId: base.run.id, path: "", what: root }, "begin");
              if (stored.isKnown || root === "trigger") return stored;
            }
            if (root === "input" && input !== null) return { isKnown: true, value: input.value };
            return { isKnown: false, reason: "Test the draft once to see it.", shape: root === "input" ? shapeOfSchema(draft.input) : undefined };
          case "item":
          case "index":
            return itemOf(undefined, root);
          case "loops": {
            const item = await itemOf(id, "item");
            const index = await itemOf(id, "index");
            return item.isKnown && index.isKnown ? { isKnown: true, value: { item: item.value, index: index.value } } : item;
          }
          case "previous": {
            const loop = loops().findLast((one) => kindOf(one.id) === "while");
            if (loop === undefined) return { isKnown: false, reason: "No test has come to this loop yet." };
            if (loop.index === 0) return { isKnown: true, value: null };
            return load({ runId: loop.runId, path: `${loop.path}[${loop.index - 1}]`, what: "output" }, "previous");
          }
          case "vars":
            return variables.data === undefined ? { isKnown: false, reason: variables.isLoading ? "The variables are being loaded." : variables.isError ? "The variables could not be loaded." : "You may not see the variables." } : { isKnown: true, value: Object.fromEntries(variables.data.map((variable) => [variable.name, variable.value])) };
          case "secrets":
            return { isKnown: false, reason: "A secret is put in when the step runs.", shape: Object.fromEntries((secrets.data ?? []).map(({ name }) => [name, undefined])) };
          case "workspace":
            return { isKnown: true, value: { id: current.id, slug: current.slug, name: current.name, baseUrl: window.location.origin } };
          case "now":
            return { isKnown: true, value: Date.now() };
          case "run":
            if (base === undefined) return { isKnown: false, reason: "Test the draft once to see it.", shape: { id: undefined, workspaceId: undefined, workflowId: undefined, mode: undefined, createdAt: undefined, startedAt: undefined, depth: undefined, rootRunId: undefined, labels: {} } };
            return { isKnown: true, value: { id: base.run.id, workspaceId: current.id, workflowId: base.run.workflow?.id ?? null, mode: base.run.mode, createdAt: Date.parse(base.run.createdAt), startedAt: base.run.startedAt === null ? null : Date.parse(base.run.startedAt), depth: 0, rootRunId: base.run.rootRunId, labels: base.run.labels } };
          default:
            return { isKnown: false, reason: "It is known only while the step runs.", shape: root === "error" ? { code: undefined, message: undefined, path: undefined, details: {} } : undefined };
        }
      },
    };
  }, [version, draft, called, nodeId, queryClient, client, current, variables.data, variables.isLoading, variables.isError, secrets.data, sources, pins, input, resultOf, loopsOf]);
}

type Load = (ref: ValueRef, version: string) => Promise<Known>;

async function readStep(bench: Pick<TestBench, "pins" | "resultOf">, draft: Draft & Pick<DraftKnown, "called">, id: string, load: Load): Promise<Known> {
  if (Object.hasOwn(bench.pins, id)) return { isKnown: true, value: { output: bench.pins[id], error: null, status: "succeeded" } };
  const result = bench.resultOf(id);
  const step = result?.attempts.at(-1);
  if (result === null || step === undefined || step.finishedAt === null) {
    const node = findNode(draft, id);
    const shape = node?.kind.startsWith("trigger.") ? shapeOfSchema(draft.input) : node === undefined ? undefined : knownShape(node, draft);
    return { isKnown: false, reason: "This step has no result yet.", shape: { output: shape, error: undefined, status: undefined } };
  }
  const { path } = result;
  const runId = result.model.run.id;
  const version = `${step.attempt} ${step.status} ${step.finishedAt}`;
  const output = step.sizes.output === null ? { isKnown: true as const, value: null } : await load({ runId, path, attempt: step.attempt, what: "output" }, version);
  if (!output.isKnown) return output;
  const error = step.sizes.error === null ? { isKnown: true as const, value: null } : await load({ runId, path, attempt: step.attempt, what: "error" }, version);
  return { isKnown: true, value: { output: output.value, error: error.isKnown ? error.value : null, status: step.status } };
}

async function loadStored(queryClient: QueryClient, client: Client, ref: ValueRef, version: string): Promise<Known> {
  try {
    const { total, text } = await loadValue(queryClient, client, ref, version);
    if (total === null) return { isKnown: false, reason: "There is no such value." };
    if (text === null) return { isKnown: false, reason: "It is too large to be shown here; see the Test tab of its step." };
    return { isKnown: true, value: decodeValue(text) };
  } catch (error) {
    return { isKnown: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
