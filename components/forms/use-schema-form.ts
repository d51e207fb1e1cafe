"use client";

import { useMemo, useState } from "react";
import { validateAgainst } from "@/server/schema/validate-json";
import { initialValue } from "./initial-value";

/** Pointer of a place in the value, and what is wrong there. */
export type FieldProblems = ReadonlyMap<string, string>;

export interface SchemaFormState {
  schema: unknown;
  value: unknown;
  setValue: (value: unknown) => void;
  /** A field whose text is no value (half-written JSON), or null once it is one. */
  setUnreadable: (pointer: string, message: string | null) => void;
  /** Empty until the first attempt to send. */
  shownProblems: FieldProblems;
  /** Checks everything; from then on problems show as the person types. */
  check: () => boolean;
}

/** The state of a form made from a JSON Schema, validated by the validator that the server uses. */
export function useSchemaForm(schema: unknown, begin?: unknown): SchemaFormState {
  const [value, setValue] = useState<unknown>(() => begin ?? initialValue(schema));
  const [unreadable, setUnreadableMap] = useState<FieldProblems>(new Map());
  const [isChecked, setChecked] = useState(false);
  const problems = useMemo(() => findProblems(schema, value, unreadable), [schema, value, unreadable]);
  return {
    schema,
    value,
    setValue,
    setUnreadable: (pointer, message) =>
      setUnreadableMap((current) => {
        if ((current.get(pointer) ?? null) === message) return current;
        const next = new Map(current);
        if (message === null) next.delete(pointer);
        else next.set(pointer, message);
        return next;
      }),
    shownProblems: isChecked ? problems : unreadable,
    check: () => {
      setChecked(true);
      if (problems.size > 0) requestAnimationFrame(focusFirstProblem);
      return problems.size === 0;
    },
  };
}

function focusFirstProblem(): void {
  document.querySelector<HTMLElement>('form [aria-invalid="true"], [role="dialog"] [aria-invalid="true"]')?.focus();
}

function findProblems(schema: unknown, value: unknown, unreadable: FieldProblems): FieldProblems {
  const problems = new Map(unreadable);
  for (const { path, message } of validateAgainst(schema, value)) if (!problems.has(path)) problems.set(path, message);
  return problems;
}
