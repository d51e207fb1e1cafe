"use client";

import { useState } from "react";
import { useSettled } from "@/components/palette/use-settled";

const PAUSE_MILLISECONDS = 150;

export interface SearchText {
  text: string;
  setText: (text: string) => void;
  /** What is asked for: the text once nobody types. */
  search: string;
}

export function useSearchText(): SearchText {
  const [text, setText] = useState("");
  return { text, setText, search: useSettled(text.trim(), PAUSE_MILLISECONDS) };
}
