"use client";

import { createContext } from "react";

export interface NoteWriting {
  /** The note that is being written. */
  written: string | null;
  write: (annotation: string | null) => void;
}

export const NoteWritingContext = createContext<NoteWriting>({ written: null, write: () => undefined });
