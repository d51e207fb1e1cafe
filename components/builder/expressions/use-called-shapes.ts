"use client";

import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTRPC } from "@/components/data/trpc";
import type { Draft } from "../draft";
import { keyOfCalled, type Shape, shapeOfOutput } from "./known-shape";

const MAX_CALLED = 50;
/** A version never changes; which one is the latest may. */
const FRESH_MS = 60_000;

/** What the outputs of the workflows and blocks that steps call look like, by `keyOfCalled`. */
export function useCalledShapes(draft: Draft): ReadonlyMap<string, Shape> {
  const trpc = useTRPC();
  const list = [...new Set(draft.nodes.flatMap((node) => keyOfCalled(node) ?? []))].slice(0, MAX_CALLED).join("\n");
  const keys = useMemo(() => (list === "" ? [] : list.split("\n")), [list]);
  const calls = keys.map((key) => JSON.parse(key) as ["workflow", string, number | "latest"] | ["module", string, number]);
  const workflows = calls.flatMap(([type, workflow, version]) => (type === "workflow" ? [{ workflow, version }] : []));
  const modules = calls.flatMap(([type, module, version]) => (type === "module" ? [{ module, version }] : []));
  const ofWorkflows = useQueries({ queries: workflows.map((call) => ({ ...trpc.workflows.calledOutput.queryOptions(call), staleTime: FRESH_MS, retry: false })) });
  const ofModules = useQueries({ queries: modules.map((call) => ({ ...trpc.modules.version.queryOptions(call), staleTime: FRESH_MS, retry: false })) });
  const shapes = new Map<string, Shape>();
  for (const [index, { workflow, version }] of workflows.entries()) shapes.set(JSON.stringify(["workflow", workflow, version]), shapeOfOutput(ofWorkflows[index]?.data ?? {}));
  for (const [index, { module, version }] of modules.entries()) shapes.set(JSON.stringify(["module", module, version]), shapeOfOutput(ofModules[index]?.data?.definition ?? {}));
  const text = textOfShapes(shapes);
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the same text says the same shapes
  return useMemo(() => shapes, [text]);
}

export function textOfShapes(shapes: ReadonlyMap<string, Shape>): string {
  return JSON.stringify([...shapes], (_key, value: unknown) => value ?? null);
}
