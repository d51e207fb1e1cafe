"use client";

import { useEffect } from "react";
import { useTheme } from "./use-theme";

/** Follows the choice and the system on every page, also on one that only the browser has drawn, as for an address with nothing at it: there the script of the document never runs. */
export function ThemeKeeper() {
  useTheme();
  // Whoever drives a browser can tell that the page answers: what is pressed before is lost.
  useEffect(() => void (document.documentElement.dataset.alive = ""), []);
  return null;
}
