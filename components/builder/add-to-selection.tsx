"use client";

import { useKeyPress, useStoreApi } from "@xyflow/react";
import { useEffect } from "react";

/** Without keys, as on a touch screen: a tap adds to the selection, or takes away from it. */
export function AddToSelection({ isOn }: { isOn: boolean }) {
  const store = useStoreApi();
  const isKeyDown = useKeyPress(MULTI_KEYS);
  useEffect(() => {
    // The canvas itself sets this by the keys alone, whenever one goes down or up.
    store.setState({ multiSelectionActive: isOn || isKeyDown });
  }, [store, isOn, isKeyDown]);
  return null;
}

export const MULTI_KEYS = ["Meta", "Control"];
