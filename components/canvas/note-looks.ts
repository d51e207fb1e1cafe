import type { AnnotationColor } from "@/server/engine/definition";

/** Paper and ink of notes, in light and dark. */
export const NOTE_LOOKS: Readonly<Record<AnnotationColor, { label: string; paper: string; dot: string }>> = {
  yellow: { label: "Yellow", paper: "border-amber-300 bg-amber-100/90 text-amber-950 dark:border-amber-700 dark:bg-amber-950/80 dark:text-amber-50", dot: "bg-amber-300 dark:bg-amber-600" },
  green: { label: "Green", paper: "border-emerald-300 bg-emerald-100/90 text-emerald-950 dark:border-emerald-700 dark:bg-emerald-950/80 dark:text-emerald-50", dot: "bg-emerald-300 dark:bg-emerald-600" },
  blue: { label: "Blue", paper: "border-sky-300 bg-sky-100/90 text-sky-950 dark:border-sky-700 dark:bg-sky-950/80 dark:text-sky-50", dot: "bg-sky-300 dark:bg-sky-600" },
  purple: { label: "Purple", paper: "border-violet-300 bg-violet-100/90 text-violet-950 dark:border-violet-700 dark:bg-violet-950/80 dark:text-violet-50", dot: "bg-violet-300 dark:bg-violet-600" },
  pink: { label: "Pink", paper: "border-pink-300 bg-pink-100/90 text-pink-950 dark:border-pink-700 dark:bg-pink-950/80 dark:text-pink-50", dot: "bg-pink-300 dark:bg-pink-600" },
  grey: { label: "Grey", paper: "border-slate-300 bg-slate-100/90 text-slate-950 dark:border-slate-600 dark:bg-slate-900/80 dark:text-slate-50", dot: "bg-slate-300 dark:bg-slate-500" },
};
