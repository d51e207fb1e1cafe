import { useReactFlow, useStore, useStoreApi } from "@xyflow/react";
import { useEffect, useEffectEvent, useRef } from "react";
import { canvasIsDrawn } from "@/components/workflows/after-canvas";
import type { Flow } from "@/components/canvas/flow";
import { openingView, roomOf } from "@/components/canvas/opening-view";

/** In the order of the flow the first step that nothing leads to. */
function firstOf({ nodes, edges }: Flow): string | undefined {
  const reached = new Set(edges.map(({ target }) => target));
  return nodes.find(({ id, type, parentId }) => parentId === undefined && (type === "step" || type === "container") && !reached.has(id))?.id;
}

/** What fits into the canvas only when it is too small to be read opens at its beginning, or at the step that is `selected` then; all of it is one key, or one button, away. */
export function OpenAtBeginning({ flow, selected, padding }: { flow: Flow; selected: string | null; padding: Parameters<typeof roomOf>[1] }) {
  const { getNodes, getNodesBounds, getInternalNode, setViewport, viewportInitialized } = useReactFlow();
  const store = useStoreApi();
  const isFitted = useStore(({ fitViewQueued }) => !fitViewQueued);
  const open = useEffectEvent(() => {
    const first = getInternalNode(selected ?? firstOf(flow) ?? "");
    if (first === undefined) return;
    const { width, height } = store.getState();
    const { measured, internals } = first;
    const box = { ...internals.positionAbsolute, width: measured.width ?? 0, height: measured.height ?? 0 };
    const view = openingView(getNodesBounds(getNodes()), box, roomOf({ width, height }, padding));
    if (view !== null) void setViewport(view);
  });
  const isOpened = useRef(false);
  useEffect(() => {
    if (!isFitted || !viewportInitialized || isOpened.current) return;
    isOpened.current = true;
    open();
    canvasIsDrawn();
  }, [isFitted, viewportInitialized]);
  return null;
}
