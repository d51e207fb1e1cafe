import type { DraftStore, Incoming } from "@/components/workflows/draft-store";
import { mergeDrafts } from "@/components/workflows/merge/merge-drafts";
import { renameNode } from "./change-node";
import { readDraft, type Draft } from "./draft";
import { beginHistory, rebase, record, redo, redoLabel, undo, undoLabel, type History } from "./history";

/** How long typing rests before it becomes an edit of the draft. */
const PAUSE_MS = 250;

export interface SessionState {
  /** Null: the draft cannot be drawn, or its text is being typed and is no JSON yet. */
  draft: Draft | null;
  undoLabel: string | null;
  redoLabel: string | null;
  /** The draft is as an edit of this session left it, not as text that is being typed or that came from elsewhere. */
  isOwn: boolean;
  /** Grows when the draft changed other than through `apply`: fields that keep their own text begin anew. */
  epoch: number;
  /** The same for single steps, which edits from elsewhere changed. */
  epochs: ReadonlyMap<string, number>;
}

/**
 * The history of one draft under edit. The draft store owns the draft, its saving and its conflicts; a session adds undo
 * and redo, over edits of the canvas and of the text alike.
 */
export class EditSession {
  #history: History<Record<string, unknown>>;
  #state: SessionState;
  readonly #store: DraftStore;
  readonly #now: () => number;
  #soon: { label: string; edit: (draft: Draft) => Draft; key: string; timer: ReturnType<typeof setTimeout> } | null = null;
  readonly #listeners = new Set<() => void>();

  constructor(store: DraftStore, now: () => number) {
    this.#store = store;
    this.#now = now;
    this.#history = beginHistory(store.read().definition);
    this.#state = { draft: null, undoLabel: null, redoLabel: null, isOwn: false, epoch: 0, epochs: new Map() };
    this.#refresh(0, false);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    if (this.#listeners.size === 0) {
      const stops = [this.#store.subscribe(() => this.#follow()), this.#store.onIncoming((incoming) => this.#takeIn(incoming)), this.#store.onReceiving(() => this.flush())];
      this.#stop = () => stops.forEach((stop) => stop());
    }
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.flush();
      this.#stop();
    };
  };

  #stop: () => void = () => undefined;

  readonly read = (): SessionState => this.#state;

  /** Makes an edit of the draft. Edits with the same key that follow closely are undone together. */
  apply(label: string, edit: (draft: Draft) => Draft, key?: string): void {
    this.flush();
    this.#follow();
    const { draft } = this.#state;
    if (draft === null) return;
    const next = edit(draft);
    if (next === draft) return;
    this.#history = record(this.#history, next as unknown as Record<string, unknown>, { label, key: key ?? null, at: this.#now() });
    this.#show(0);
  }

  /** An edit that is one of many, as keystrokes are: made when the person pauses, and before anything else happens to the draft. */
  applySoon(label: string, edit: (draft: Draft) => Draft, key: string): void {
    if (this.#soon !== null && this.#soon.key !== key) this.flush();
    if (this.#soon !== null) clearTimeout(this.#soon.timer);
    this.#soon = { label, edit, key, timer: setTimeout(() => this.flush(), PAUSE_MS) };
  }

  /** Makes the edit that waits, if there is one. */
  flush(): void {
    const soon = this.#soon;
    if (soon === null) return;
    clearTimeout(soon.timer);
    this.#soon = null;
    this.apply(soon.label, soon.edit, soon.key);
  }

  undo(): void {
    this.flush();
    this.#follow();
    this.#history = undo(this.#history);
    this.#show(1);
  }

  /** How to take back the edit that was just made, whatever is done after it. The answer: all of it could be. */
  taker(): () => boolean {
    this.#follow();
    const after = this.#history.present;
    const before = this.#history.past.at(-1);
    return () => {
      this.flush();
      this.#follow();
      if (this.#history.present === after) {
        this.undo();
        return true;
      }
      const [from, to] = [readDraft(after), before === undefined ? null : readDraft(before.value)];
      if (before === undefined || from === null || to === null) return false;
      let isWhole = true;
      this.apply(`take back: ${before.label}`, (draft) => {
        const { merged, conflicts } = mergeDrafts(from, draft, to);
        isWhole = conflicts.length === 0;
        return merged;
      });
      return isWhole;
    };
  }

  redo(): void {
    this.flush();
    this.#follow();
    this.#history = redo(this.#history);
    this.#show(1);
  }

  #show(epochs: number): void {
    this.#refresh(epochs, true);
    this.#store.replace(this.#history.present);
  }

  /** Text edits, and drafts that came from elsewhere, are steps of the history too. */
  #follow(): void {
    const { definition, parsed } = this.#store.read();
    const isOther = definition !== this.#history.present;
    if (isOther) this.#history = record(this.#history, definition, { label: "edit of the text", key: "text", at: this.#now() });
    if (isOther || parsed.ok !== (this.#state.draft !== null)) this.#refresh(isOther ? 1 : 0, !isOther && this.#state.isOwn);
  }

  /** What others did is brought into every state of the history: undo takes back one's own steps only. */
  #takeIn({ before, after, renamed, news }: Incoming): void {
    if (before !== this.#history.present) this.#follow();
    this.#history = rebase(this.#history, after, bringAlong(before, after, renamed));
    const epochs = new Map(this.#state.epochs);
    for (const id of news.touched) epochs.set(id, (epochs.get(id) ?? 0) + 1);
    this.#state = { ...this.#state, draft: readDraft(after), epochs };
  }

  #refresh(epochs: number, isOwn: boolean): void {
    const draft = this.#store.read().parsed.ok ? readDraft(this.#history.present) : null;
    this.#state = { ...this.#state, draft, undoLabel: undoLabel(this.#history), redoLabel: redoLabel(this.#history), isOwn, epoch: this.#state.epoch + epochs };
    for (const listener of this.#listeners) listener();
  }
}

/** How an earlier state looks with an edit from elsewhere in it. */
function bringAlong(before: Record<string, unknown>, after: Record<string, unknown>, renamed: Incoming["renamed"]) {
  const [from, to] = [readDraft(before), readDraft(after)];
  const rename = (draft: Draft) => [...renamed].reduce((current, [old, next]) => renameNode(current, old, next), draft);
  return (value: Record<string, unknown>): Record<string, unknown> => {
    const past = readDraft(value);
    if (from === null || to === null || past === null) return value;
    return mergeDrafts(rename(from), rename(past), to).merged as unknown as Record<string, unknown>;
  };
}
