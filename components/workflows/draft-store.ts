import type { WorkflowProblem } from "@/server/workflows/contract";
import { parseDraft, printDraft, type ParsedDraft } from "./draft-text";
import type { DraftShelf } from "./draft-shelf";

export interface ServerDraft {
  definition: Record<string, unknown>;
  revision: number;
}

export interface DraftState {
  /** What the person sees and edits. */
  text: string;
  parsed: ParsedDraft;
  /** The latest definition that could be read: what the canvas shows while the text is being typed. */
  definition: Record<string, unknown>;
  isDirty: boolean;
  isSaving: boolean;
  /** Why the last attempt to save failed. */
  failure: string | null;
  /** The draft of someone else (or of another tab) that came in between. */
  conflict: ServerDraft | null;
  /** When the unsaved text that was found in this browser is from. */
  restoredFrom: number | null;
  /** Null until it has been validated. */
  problems: WorkflowProblem[] | null;
}

export interface DraftPorts {
  save: (definition: Record<string, unknown>, revision: number) => Promise<SaveResult>;
  validate: (document: unknown) => Promise<WorkflowProblem[]>;
  shelf: DraftShelf;
  now: () => number;
}

export type SaveResult = { ok: true; revision: number } | { ok: false; conflict: true } | { ok: false; conflict: false; message: string };

/**
 * The draft under edit. Unsaved text lies on a shelf in the browser until the server has it, so neither closing the tab,
 * nor a crash, nor someone else's edit loses it.
 */
export class DraftStore {
  #state: DraftState;
  #revision: number;
  #savedText: string;
  readonly #listeners = new Set<() => void>();
  readonly #ports: DraftPorts;
  #validation = 0;

  constructor(draft: ServerDraft, ports: DraftPorts) {
    this.#ports = ports;
    this.#revision = draft.revision;
    this.#savedText = printDraft(draft.definition);
    const kept = ports.shelf.read();
    const isKept = kept !== null && kept.text !== this.#savedText;
    const text = isKept ? kept.text : this.#savedText;
    this.#state = {
      text,
      parsed: parseDraft(text),
      definition: draft.definition,
      isDirty: isKept,
      isSaving: false,
      failure: null,
      conflict: isKept && kept.revision !== draft.revision ? draft : null,
      restoredFrom: isKept ? kept.at : null,
      problems: null,
    };
    if (isKept && kept.revision !== draft.revision) this.#revision = kept.revision;
    if (!isKept) ports.shelf.clear();
    this.#adopt(text);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly read = (): DraftState => this.#state;

  get revision(): number {
    return this.#revision;
  }

  edit(text: string): void {
    if (text === this.#state.text) return;
    this.#adopt(text);
    this.#keep();
  }

  #keep(): void {
    const { text } = this.#state;
    const isDirty = text !== this.#savedText;
    this.#set({ isDirty, failure: null });
    if (isDirty) this.#ports.shelf.put({ text, revision: this.#revision, at: this.#ports.now() });
    else this.#ports.shelf.clear();
  }

  /** An edit of the definition itself, as the canvas makes them. */
  replace(definition: Record<string, unknown>): void {
    if (definition === this.#state.definition && this.#state.parsed.ok) return;
    const text = printDraft(definition);
    this.#set({ text, parsed: { ok: true, definition }, definition });
    void this.#validate(definition);
    this.#keep();
  }

  /** True when the server has what the person sees. */
  async save(): Promise<boolean> {
    const { parsed, text, isDirty, isSaving, conflict } = this.#state;
    if (!isDirty) return true;
    if (isSaving || conflict !== null) return false;
    if (!parsed.ok) {
      this.#set({ failure: `Line ${parsed.line}: ${parsed.message}` });
      return false;
    }
    this.#set({ isSaving: true, failure: null });
    const result = await this.#ports.save(parsed.definition, this.#revision);
    this.#set({ isSaving: false });
    if (result.ok) {
      this.#saved(text, result.revision);
      return !this.#state.isDirty;
    }
    // A conflict shows as soon as the other draft is loaded: see `receive`.
    this.#set({ failure: result.conflict ? "Someone else changed the draft meanwhile." : result.message });
    return false;
  }

  /** What the server holds now: after a refresh, or because it changed elsewhere. */
  receive(draft: ServerDraft): void {
    if (draft.revision <= this.#revision) return;
    const { isDirty, isSaving } = this.#state;
    if (isSaving) return;
    const text = printDraft(draft.definition);
    if (isDirty && text !== this.#state.text) {
      this.#set({ conflict: draft, failure: null });
      return;
    }
    this.#saved(text, draft.revision);
    this.#adopt(text);
    this.#set({ isDirty: false });
  }

  /** Keeps what the person sees; the next save replaces the other draft. */
  keepMine(): void {
    const { conflict } = this.#state;
    if (conflict === null) return;
    this.#revision = conflict.revision;
    this.#savedText = printDraft(conflict.definition);
    this.#ports.shelf.put({ text: this.#state.text, revision: this.#revision, at: this.#ports.now() });
    this.#set({ conflict: null, restoredFrom: null, isDirty: true });
  }

  /** Takes the other draft (or, without a conflict, the saved one) and answers the text that was given up. */
  takeTheirs(): string {
    const { conflict, text } = this.#state;
    if (conflict !== null) {
      this.#revision = conflict.revision;
      this.#savedText = printDraft(conflict.definition);
    }
    this.#ports.shelf.clear();
    this.#adopt(this.#savedText);
    this.#set({ conflict: null, isDirty: false, restoredFrom: null, failure: null });
    return text;
  }

  #saved(text: string, revision: number): void {
    this.#revision = revision;
    this.#savedText = text;
    const isDirty = this.#state.text !== text;
    if (isDirty) this.#ports.shelf.put({ text: this.#state.text, revision, at: this.#ports.now() });
    else this.#ports.shelf.clear();
    this.#set({ isDirty, restoredFrom: null, failure: null });
  }

  #adopt(text: string): void {
    const parsed = parseDraft(text);
    this.#set({ text, parsed, ...(parsed.ok ? { definition: parsed.definition } : {}) });
    if (parsed.ok) void this.#validate(parsed.definition);
  }

  async #validate(definition: Record<string, unknown>): Promise<void> {
    const turn = ++this.#validation;
    const problems = await this.#ports.validate(definition);
    if (turn === this.#validation) this.#set({ problems });
  }

  #set(change: Partial<DraftState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}
