"use client";

import { createContext, useContext } from "react";
import type { Draft } from "../draft";

/** Where the fields of a form stand in a draft. */
export interface FormPlace {
  draft: Draft;
  nodeId: string;
  /** From the node to the form's value: `/config`, or empty. */
  prefix: string;
  /** Set: the field is the condition of an edge. */
  edgeIndex?: number;
}

export const FormPlaceContext = createContext<FormPlace | null>(null);

export function useFormPlace(): FormPlace | null {
  return useContext(FormPlaceContext);
}
