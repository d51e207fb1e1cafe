/** What was, what is, and what was undone. Values are never changed in place, so most of them is shared. */
export interface History<Value> {
  past: readonly Step<Value>[];
  present: Value;
  future: readonly Step<Value>[];
}

interface Step<Value> {
  value: Value;
  /** What the edit that led away from (past) or to (future) this value did. */
  label: string;
  /** Edits of the same key that follow closely are one step: typing in a field, dragging a node. */
  key: string | null;
  at: number;
}

export interface EditNote {
  label: string;
  key?: string | null;
  at: number;
}

const COALESCE_MS = 1_500;
const MAX_STEPS = 200;

export function beginHistory<Value>(present: Value): History<Value> {
  return { past: [], present, future: [] };
}

export function record<Value>(history: History<Value>, next: Value, { label, key = null, at }: EditNote): History<Value> {
  if (next === history.present) return history;
  const last = history.past.at(-1);
  const isSameStep = key !== null && last?.key === key && at - last.at <= COALESCE_MS && history.future.length === 0;
  if (isSameStep) return { past: [...history.past.slice(0, -1), { ...last, at }], present: next, future: [] };
  return { past: [...history.past, { value: history.present, label, key, at }].slice(-MAX_STEPS), present: next, future: [] };
}

export function undo<Value>(history: History<Value>): History<Value> {
  const last = history.past.at(-1);
  if (last === undefined) return history;
  return { past: history.past.slice(0, -1), present: last.value, future: [{ ...last, value: history.present, key: null }, ...history.future] };
}

export function redo<Value>(history: History<Value>): History<Value> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, { ...next, value: history.present, key: null }], present: next.value, future };
}

/** Another present, with every state that was or may be again brought along: an edit from elsewhere is no step of this history. */
export function rebase<Value>(history: History<Value>, present: Value, bring: (value: Value) => Value): History<Value> {
  const bringStep = (step: Step<Value>): Step<Value> => ({ ...step, value: bring(step.value) });
  return { past: history.past.map(bringStep), present, future: history.future.map(bringStep) };
}

export function undoLabel(history: History<unknown>): string | null {
  return history.past.at(-1)?.label ?? null;
}

export function redoLabel(history: History<unknown>): string | null {
  return history.future[0]?.label ?? null;
}
